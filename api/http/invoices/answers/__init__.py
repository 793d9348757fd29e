"""Answers about invoices."""
