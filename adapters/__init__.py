"""Doors to the outside: databases, the bundled engines, and memory for tests."""
