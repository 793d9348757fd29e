"""What messages say of events of purchases."""
