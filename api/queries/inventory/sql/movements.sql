SELECT m.sequence, m.location, m.sku, m.kind, m.on_hand, m.reserved, m.damaged, m.reservation,
       m.owner, m.other, m.reference, t.content AS reason, m.recorded_us
  FROM tally.stock_movements m
  LEFT JOIN tally.texts t ON t.org = m.org AND t.digest = m.reason
 WHERE m.org = %(org)s
   AND (%(sku)s::text IS NULL OR m.sku = %(sku)s::text)
   AND (%(location)s::text IS NULL OR m.location = %(location)s::text)
   AND (%(owner)s::text IS NULL OR m.owner = %(owner)s::text)
   AND (%(from_us)s::bigint IS NULL OR m.recorded_us >= %(from_us)s)
   AND (%(to_us)s::bigint IS NULL OR m.recorded_us < %(to_us)s)
   AND m.sequence < %(before)s::bigint
 ORDER BY m.sequence DESC
 LIMIT %(limit)s
