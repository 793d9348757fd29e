"""The demonstration: real input through the real service, and every total compared."""
