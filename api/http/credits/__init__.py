"""Wallets over HTTP."""
