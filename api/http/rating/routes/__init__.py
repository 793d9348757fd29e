"""The endpoints of prices, one file a resource."""
