"""Effects: facts that become a call to the outside. Nothing else here calls anybody."""
