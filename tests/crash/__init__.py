"""The crash campaign: kill -9 under load, and what is left."""
