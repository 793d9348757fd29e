"""Questions about subscriptions."""
