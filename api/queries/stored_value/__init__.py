"""Questions about stored value."""
