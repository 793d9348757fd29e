"""Reads of orgs and credentials."""
