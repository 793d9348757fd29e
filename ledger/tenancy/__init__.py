"""Tenants: orgs, their API keys, and what each role may do."""
