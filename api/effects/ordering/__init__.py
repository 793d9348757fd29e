"""Effects of ordering: what is asked of the outside for orders."""
