"""Reads of what an erasure must find."""
