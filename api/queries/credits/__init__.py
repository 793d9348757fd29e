"""Reads of wallets."""
