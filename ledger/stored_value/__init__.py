"""Stored value: gift cards and store credit, money in a currency that orders are paid with."""
