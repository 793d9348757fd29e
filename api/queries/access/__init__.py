"""Questions about what orders have given."""
