"""The answers of the endpoints of subscriptions."""
