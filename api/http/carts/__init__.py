"""The endpoints of carts."""
