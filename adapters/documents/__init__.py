"""Documents: invoices, receipts and credit notes as PDF and as XML (decision 65)."""
