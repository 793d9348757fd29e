SELECT shipment AS id, order_id, owner, status, location, carrier, tracking_number, tracking_url,
       lines, units, created_us, shipped_us, delivered_us, cancelled_us
  FROM tally.shipments
 WHERE org = %(org)s AND created_us IS NOT NULL
   AND (%(user)s::text IS NULL OR owner = %(user)s::text)
   AND (%(status)s::text IS NULL OR status = %(status)s::text)
   AND (created_us, shipment) < (%(before_us)s::bigint, %(before)s::text)
 ORDER BY created_us DESC, shipment DESC
 LIMIT %(limit)s
