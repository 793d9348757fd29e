"""Reads, as `tally_query`: each in a transaction that names its org."""
