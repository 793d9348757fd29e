"""Rate cards and quotes over HTTP."""
