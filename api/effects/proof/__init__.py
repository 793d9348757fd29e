"""Effects of proof: what is told outside of checkpoints and their witnesses."""
