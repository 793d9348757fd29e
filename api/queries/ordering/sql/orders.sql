SELECT order_id AS id, owner, number, status, payment_status, currency, subtotal, discount, total,
       lines, placed_us, confirmed_us
  FROM tally.orders
 WHERE org = %(org)s AND placed_us IS NOT NULL
   AND (%(user)s::text IS NULL OR owner = %(user)s::text)
   AND (%(status)s::text IS NULL OR status = %(status)s::text)
   AND (placed_us, order_id) < (%(before_us)s::bigint, %(before)s::text)
 ORDER BY placed_us DESC, order_id DESC
 LIMIT %(limit)s
