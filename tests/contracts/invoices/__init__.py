"""Doors of invoices: documents, blobs, mail."""
