"""Authentication and authorisation: credentials, roles and what they may do."""
