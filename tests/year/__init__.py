"""The year: an order book of 13 months by a moved clock, and what all books say of it."""
