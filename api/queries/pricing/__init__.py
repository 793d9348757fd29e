"""Questions about pricing."""
