"""The endpoints of internal transfers."""
