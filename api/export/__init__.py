"""Evidence for strangers: a range of an org's events with all that it takes to check it offline."""
