"""Wallets: lots of credits that come in, are burned by usage, fall due, and become debt."""
