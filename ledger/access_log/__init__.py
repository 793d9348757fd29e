"""The access log of an org: refused requests in a chain of their own."""
