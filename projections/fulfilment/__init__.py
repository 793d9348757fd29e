"""The read models of fulfilment."""
