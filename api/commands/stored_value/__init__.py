"""Commands on stored value."""
