"""Answers about inventory, one file a resource."""
