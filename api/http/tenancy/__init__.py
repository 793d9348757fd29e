"""Orgs and API keys over HTTP."""
