"""Answers about stored value, one file a resource."""
