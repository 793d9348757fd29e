"""Reads of journals for accountants."""
