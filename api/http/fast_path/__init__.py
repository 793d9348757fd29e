"""The fast path: usage, holds and balances answered before the framework."""
