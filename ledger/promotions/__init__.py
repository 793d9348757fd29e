"""Promotions: what is taken off orders by a code, or by itself, and how often and for how much."""
