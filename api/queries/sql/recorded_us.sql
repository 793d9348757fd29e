-- When an event was recorded.
SELECT recorded_us FROM tally.events WHERE org = %(org)s AND sequence = %(sequence)s
