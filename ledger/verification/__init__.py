"""Verification: what is compared with what, whoever stores it."""
