"""The journal of an org for programs of accountants: entries, balances, and one file a format."""
