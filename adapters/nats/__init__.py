"""NATS: the feed out, usage in."""
