"""Answers about wallets: how each thing looks, and making one of what was read or recorded."""
