"""Read models: exactly once, resumable, rebuilt equal."""
