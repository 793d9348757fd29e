"""Proof: the hash chain, who did it, and texts that can be erased without breaking it."""
