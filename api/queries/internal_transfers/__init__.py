"""Questions about internal transfers."""
