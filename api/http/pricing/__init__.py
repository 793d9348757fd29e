"""The endpoints of pricing."""
