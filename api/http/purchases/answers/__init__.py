"""Answers about purchases, one file a resource."""
