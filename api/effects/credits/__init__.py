"""Effects of credits: what is told outside of them."""
