"""Copies of the ledger compared with it, and mended."""
