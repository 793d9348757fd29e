"""Queries: answers from read models."""
