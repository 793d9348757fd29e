"""Commands on fulfilment."""
