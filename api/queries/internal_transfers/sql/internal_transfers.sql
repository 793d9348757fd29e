SELECT id, order_id, line, sku, owner, from_location, to_location, ordered, withdrawn, sent, received,
       refused, status, requested_us
  FROM tally.internal_transfers
 WHERE org = %(org)s
   AND (%(user)s::text IS NULL OR owner = %(user)s::text)
   AND (%(order)s::text IS NULL OR order_id = %(order)s::text)
   AND (%(from_location)s::text IS NULL OR from_location = %(from_location)s::text)
   AND (%(to_location)s::text IS NULL OR to_location = %(to_location)s::text)
   AND (%(status)s::text IS NULL OR status = %(status)s::text)
   AND (requested_us, id) < (%(before_us)s::bigint, %(before)s::text)
 ORDER BY requested_us DESC, id DESC
 LIMIT %(limit)s
