"""Carts: what somebody may buy, as rows that mean nothing until checkout."""
