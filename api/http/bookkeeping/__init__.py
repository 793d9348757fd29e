"""The journal of an org, as an answer."""
