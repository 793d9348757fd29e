"""Questions about inventory."""
