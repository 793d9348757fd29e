"""Limits: how much a key, a user and an org may ask for."""
