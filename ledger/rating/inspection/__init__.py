"""Checks of rating: what lines cost, and what their months counted."""
