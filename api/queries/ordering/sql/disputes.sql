SELECT d.dispute, d.order_id, s.number, s.owner, d.status, d.amount, d.currency, d.reason,
       coalesce(d.opened_us, d.ended_us) AS opened_us, d.evidence_due_us, d.evidence_us,
       d.evidence_taken_us, d.ended_us
  FROM tally.order_disputes d
  JOIN tally.order_states s ON s.org = d.org AND s.id = d.order_id
 WHERE d.org = %(org)s AND (%(user)s::text IS NULL OR s.owner = %(user)s::text)
   AND (%(order)s::text IS NULL OR d.order_id = %(order)s::text)
   AND (%(status)s::text IS NULL OR d.status = %(status)s::text)
   AND (coalesce(d.opened_us, d.ended_us), d.dispute) < (%(before_us)s::bigint, %(before)s::text)
 ORDER BY coalesce(d.opened_us, d.ended_us) DESC, d.dispute DESC
 LIMIT %(limit)s
