"""Tidiness: rules of the house that a program can check, from the source alone."""
