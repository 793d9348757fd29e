"""Commands on rate cards."""
