"""Answers about pricing, one file a resource."""
