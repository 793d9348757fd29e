"""Purchases: what messages about it say."""
