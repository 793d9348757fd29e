"""Commands on returns."""
