SELECT slots
  FROM tally.calendar_days
 WHERE org = %(org)s AND calendar = %(calendar)s
   AND day BETWEEN %(first)s::bigint AND %(last)s::bigint
 ORDER BY day
