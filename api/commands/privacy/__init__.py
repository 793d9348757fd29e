"""Commands on texts that name persons."""
