"""The read models of stored value."""
