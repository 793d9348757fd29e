SELECT id, order_id, line, sku, owner, kind,
       CASE WHEN state = 'active' AND ends_us <= %(now_us)s THEN 'expired' ELSE state END AS state,
       benefit, units, used, taken, given_us, ends_us
  FROM tally.order_grants
 WHERE org = %(org)s
   AND (%(user)s::text IS NULL OR owner = %(user)s::text)
   AND (%(order)s::text IS NULL OR order_id = %(order)s::text)
   AND (%(kind)s::text IS NULL OR kind = %(kind)s::text)
   AND (%(course)s::text IS NULL OR benefit ->> 'course' = %(course)s::text)
   AND (%(state)s::text IS NULL OR %(state)s::text = CASE
            WHEN state = 'active' AND ends_us <= %(now_us)s THEN 'expired' ELSE state END)
   AND (given_us, id) < (%(before_us)s::bigint, %(before)s::text)
 ORDER BY given_us DESC, id DESC
 LIMIT %(limit)s
