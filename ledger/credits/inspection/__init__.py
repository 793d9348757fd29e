"""Checks of credits: wallets and their double entry, spend caps."""
