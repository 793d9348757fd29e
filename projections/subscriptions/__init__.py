"""The read models of subscriptions."""
