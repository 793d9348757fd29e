SELECT d.dispute, d.purchase, s.owner, d.status, d.amount, d.currency, d.credits, d.reason,
       coalesce(d.opened_us, d.ended_us) AS opened_us, d.evidence_due_us, d.evidence_us,
       d.evidence_taken_us, d.ended_us
  FROM tally.disputes d
  JOIN tally.purchase_states s ON s.org = d.org AND s.id = d.purchase
 WHERE d.org = %(org)s AND d.dispute = %(dispute)s
