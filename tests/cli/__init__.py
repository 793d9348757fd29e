"""Tests of the command `tally`."""
