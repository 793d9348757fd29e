"""The read models of customers."""
