"""The endpoints of tenants, one file a resource."""
