"""Purchases: money that comes in for credits, and what of it goes back."""
