"""Questions about purchases."""
