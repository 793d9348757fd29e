SELECT r.refund, r.purchase, s.owner, r.status, r.origin, r.amount, r.currency, r.credits, r.number,
       r.code, coalesce(r.asked_us, r.ended_us) AS asked_us, r.ended_us
  FROM tally.refunds r
  JOIN tally.purchase_states s ON s.org = r.org AND s.id = r.purchase
 WHERE r.org = %(org)s AND (%(user)s::text IS NULL OR s.owner = %(user)s::text)
   AND (%(purchase)s::text IS NULL OR r.purchase = %(purchase)s::text)
   AND (%(status)s::text IS NULL OR r.status = %(status)s::text)
   AND (coalesce(r.asked_us, r.ended_us), r.refund) < (%(before_us)s::bigint, %(before)s::text)
 ORDER BY coalesce(r.asked_us, r.ended_us) DESC, r.refund DESC
 LIMIT %(limit)s
