"""Effects of purchases: what a provider of payments is asked for, and what its notices do."""
