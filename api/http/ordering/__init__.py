"""The endpoints of orders."""
