"""The endpoints of promotions."""
