"""Webhooks: addresses of an org's that are told of its events."""
