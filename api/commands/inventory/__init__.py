"""Commands on inventory."""
