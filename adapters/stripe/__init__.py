"""Stripe: payments by its API of one version, and its notices in our words."""
