"""Inbound: doors beside HTTP, to the same commands."""
