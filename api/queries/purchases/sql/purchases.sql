SELECT purchase AS id, owner, provider, status, amount, currency, credits, bonus, begun_by, review,
       started_us, paid_us
  FROM tally.purchases
 WHERE org = %(org)s AND started_us IS NOT NULL
   AND (%(user)s::text IS NULL OR owner = %(user)s::text)
   AND (%(status)s::text IS NULL OR status = %(status)s::text)
   AND (started_us, purchase) < (%(before_us)s::bigint, %(before)s::text)
 ORDER BY started_us DESC, purchase DESC
 LIMIT %(limit)s
