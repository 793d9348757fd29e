"""Archiving: the oldest events leave the database, as files that are checked."""
