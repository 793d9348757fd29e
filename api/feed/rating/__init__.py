"""Rating: what messages about it say."""
