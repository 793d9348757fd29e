"""Commands on purchases."""
