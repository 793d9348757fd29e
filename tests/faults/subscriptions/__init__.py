"""Subscriptions under faults: many renew, period after period by a moved clock, while processes die
at any step, and Stripe in its sandbox fails, tells twice, late, or not at all."""
