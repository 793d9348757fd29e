"""Words every context shares: money, ids, time, limits, errors, the base of events."""
