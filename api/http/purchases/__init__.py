"""The endpoints of purchases."""
