"""The endpoints of customers, and of what is a user's own."""
