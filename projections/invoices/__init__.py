"""The read models of invoices."""
