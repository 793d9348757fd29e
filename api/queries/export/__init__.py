"""Queries of an export: what is read for an evidence bundle."""
