"""Credits: what messages about it say."""
