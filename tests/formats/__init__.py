"""Formats that strangers and later releases must be able to read."""
