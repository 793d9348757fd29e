"""Questions about carts."""
