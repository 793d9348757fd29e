"""The feed: what the messages say that other programs are told of events by."""
