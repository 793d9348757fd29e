"""Time travel: wallets as they were at any moment of the past."""
