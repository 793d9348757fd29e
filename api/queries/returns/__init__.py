"""Questions about what comes back of orders."""
