"""Reads of checkpoints and proofs."""
