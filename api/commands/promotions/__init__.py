"""Commands on promotions."""
