"""Commands on internal transfers."""
