"""Reconciliation: a provider's book of movements against ours."""
