-- Slots by their names, of the days that they are of.
SELECT slot.id, slot.start_us, slot.end_us, slot.capacity, slot."left"
  FROM tally.calendar_days d
 CROSS JOIN LATERAL jsonb_to_recordset(d.slots)
    AS slot (id text, start_us bigint, end_us bigint, capacity bigint, "left" bigint)
 WHERE d.org = %(org)s
   AND (d.calendar, d.day) IN (SELECT * FROM unnest(%(calendars)s::text[], %(days)s::bigint[]))
   AND slot.id = ANY(%(names)s::text[])
