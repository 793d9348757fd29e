"""Verification: everything stored is compared with what the events say."""
