"""Who calls: credentials, roles and what they may do."""
