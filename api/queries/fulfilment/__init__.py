"""Questions about what is sent of orders."""
