"""The endpoints of stored value."""
