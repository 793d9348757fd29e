-- An org's head, and when one of its events was recorded: one row, without a time for no event.
SELECT coalesce(h.sequence, 0) AS head, coalesce(h.recorded_us, 0) AS head_recorded_us,
       e.recorded_us
  FROM (SELECT) AS one
  LEFT JOIN tally.heads h ON h.org = %(org)s
  LEFT JOIN tally.events e ON e.org = %(org)s AND e.sequence = %(sequence)s::bigint
