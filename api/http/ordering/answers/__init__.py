"""Answers about orders."""
