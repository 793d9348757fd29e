"""The endpoints of wallets, one file a resource."""
