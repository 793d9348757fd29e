"""Supervision: the processes that `tally serve` keeps running."""
