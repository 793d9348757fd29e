"""The faults campaign: a service under load, whatever goes wrong around it, and what is left."""
