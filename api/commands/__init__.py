"""Commands: what a caller wants done, decided in groups and committed in one transaction."""
