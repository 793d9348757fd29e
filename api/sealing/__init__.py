"""Sealing: the tree of each org, the signed checkpoints, and the witnesses that get them."""
