"""Invoices: what payers owe, in numbered documents that never change, and what became of it."""
