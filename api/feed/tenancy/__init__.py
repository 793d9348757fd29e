"""Tenancy: what messages about it say."""
