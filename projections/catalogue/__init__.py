"""The read models of the catalogue."""
