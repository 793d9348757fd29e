"""Reads of rate cards and of what months have used."""
