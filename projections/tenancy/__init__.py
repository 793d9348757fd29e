"""The read models of orgs."""
