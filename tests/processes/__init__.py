"""Processes: what runs beside requests, on real engines."""
