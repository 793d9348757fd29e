"""The access log: refused requests are counted, written and verified."""
