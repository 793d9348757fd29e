"""Customers: the users of an org who buy there, as erasable texts."""
