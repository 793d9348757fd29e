"""Effects of webhooks: who is told of an org's events."""
