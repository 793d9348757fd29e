-- What has happened to the goods of an order.
SELECT sequence, type, recorded_us, convert_from(body, 'UTF8')::jsonb AS body
  FROM tally.events
 WHERE org = %(org)s AND stream = 'fulfilment/' || %(id)s AND type LIKE 'fulfilment.%%'
 ORDER BY version
