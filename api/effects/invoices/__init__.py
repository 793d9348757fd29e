"""Effects of invoices: documents are made and kept, and sent."""
