"""The tests: one folder a kind, each kind in one shape."""
