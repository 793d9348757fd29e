"""Commands on customers."""
