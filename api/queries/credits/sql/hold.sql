-- The event that placed a hold, and those after it in its wallet that name the hold. The id may
-- stand in another's text too: the reader looks at the facts. `until`, a version of that wallet,
-- bounds what is read, not only what is found: a busy wallet has many other events since.
WITH placed AS (
    SELECT e.stream, e.version
      FROM tally.keys k
      JOIN tally.events e ON e.org = k.org AND e.sequence = k.sequence
     WHERE k.org = %(org)s AND k.space = 'hold' AND k.key = %(hold)s
)
SELECT e.sequence, e.stream, e.version, e.type, e.recorded_us, e.body, e.hash
  FROM placed p
  JOIN tally.events e ON e.org = %(org)s AND e.stream = p.stream AND e.version >= p.version
                     AND e.version <= coalesce(%(until)s::bigint, 9223372036854775807)
 WHERE e.type = ANY (%(types)s::text[])
   AND position(convert_to(%(hold)s, 'UTF8') IN e.body) > 0
 ORDER BY e.version
