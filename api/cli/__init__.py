"""The command line, `tally`."""
