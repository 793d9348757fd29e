"""Commands on orgs and their API keys."""
