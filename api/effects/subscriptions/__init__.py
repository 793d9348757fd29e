"""Effects of subscriptions: what a provider of payments is asked for."""
