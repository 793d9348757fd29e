"""The service: HTTP, commands, queries and the command line. Nobody imports it."""
