"""Commands on pricing."""
