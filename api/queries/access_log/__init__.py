"""Reads of the access logs."""
