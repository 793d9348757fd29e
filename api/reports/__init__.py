"""Reports for people, of what queries say."""
