"""Checkpoints and proofs over HTTP, and how far sealing has come."""
