"""The read models of purchases."""
