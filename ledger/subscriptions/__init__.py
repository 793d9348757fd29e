"""Subscriptions: plans, and who holds one: what it allows, and what is paid for it by period."""
