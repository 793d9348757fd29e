"""Inventory: what is on hand of each SKU at each location, and what of it is reserved for whom."""
