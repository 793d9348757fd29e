SELECT r.refund, r.purchase, s.owner, r.status, r.origin, r.amount, r.currency, r.credits, r.number,
       r.code, coalesce(r.asked_us, r.ended_us) AS asked_us, r.ended_us
  FROM tally.refunds r
  JOIN tally.purchase_states s ON s.org = r.org AND s.id = r.purchase
 WHERE r.org = %(org)s AND r.refund = %(refund)s
