"""Privacy: what messages about it say."""
