-- The link of one event, while it is stored here.
SELECT hash FROM tally.events WHERE org = %(org)s AND sequence = %(sequence)s
