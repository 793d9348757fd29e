"""Pricing: what lines of an order cost, step by step, and how what is taken off is shared."""
