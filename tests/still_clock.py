"""The still clock: a store that takes any clock of a service's, so that a test can move it by
months."""

from __future__ import annotations

STILL_CLOCK = """
DO $do$
DECLARE
    made text := pg_get_functiondef('tally.append'::regproc);
BEGIN
    EXECUTE replace(made, 'extract(epoch FROM clock_timestamp()) * 1000000 - clock_us', '0');
END $do$
"""
"""The store would refuse a clock that is not its own."""
