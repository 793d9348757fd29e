"""One suite a port, run on every adapter, and what only PostgreSQL promises."""
