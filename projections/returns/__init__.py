"""The read models of returns."""
