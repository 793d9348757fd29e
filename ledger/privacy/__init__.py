"""Erasure of texts that may name a person."""
