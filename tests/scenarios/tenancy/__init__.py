"""Scenarios of tenancy."""
