"""The read models of wallets."""
