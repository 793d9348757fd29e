"""The HTTP contract, through real HTTP on real engines."""
