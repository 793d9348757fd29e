"""The HTTP server: its connections are bounded in number, bytes and time."""
