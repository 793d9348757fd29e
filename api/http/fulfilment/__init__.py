"""The endpoints of fulfilment."""
