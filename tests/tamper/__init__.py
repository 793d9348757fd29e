"""Each way to change a store behind its back, and how verification names it."""
