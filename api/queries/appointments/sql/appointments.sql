SELECT id, order_id, line, sku, owner, calendar, slot, start_us, end_us, units, state
  FROM tally.appointments
 WHERE org = %(org)s
   AND (%(user)s::text IS NULL OR owner = %(user)s::text)
   AND (%(order)s::text IS NULL OR order_id = %(order)s::text)
   AND (%(calendar)s::text IS NULL OR calendar = %(calendar)s::text)
   AND (%(state)s::text IS NULL OR state = %(state)s::text)
   AND (start_us, id) < (%(before_us)s::bigint, %(before)s::text)
 ORDER BY start_us DESC, id DESC
 LIMIT %(limit)s
