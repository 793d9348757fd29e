"""Prices: versioned rate cards and the one function that turns quantities into an amount."""
