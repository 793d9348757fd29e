SELECT order_return AS id, order_id, owner, status, lines, units, received, damaged, refund,
       requested_us, received_us, refunded_us, cancelled_us, new_order, exchanged_us
  FROM tally.order_returns
 WHERE org = %(org)s AND requested_us IS NOT NULL
   AND (%(user)s::text IS NULL OR owner = %(user)s::text)
   AND (%(status)s::text IS NULL OR status = %(status)s::text)
   AND (requested_us, order_return) < (%(before_us)s::bigint, %(before)s::text)
 ORDER BY requested_us DESC, order_return DESC
 LIMIT %(limit)s
