"""Limits: what counts them."""
