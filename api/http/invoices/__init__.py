"""The endpoints of invoices."""
