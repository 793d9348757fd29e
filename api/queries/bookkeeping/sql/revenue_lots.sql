-- Lots that were paid for, and by which purchase.
SELECT l.recorded_us AS at_us, l.owner, l.asset, l.lot, l.amount, l.paid_amount, l.paid_currency,
       p.purchase
  FROM tally.lots l
  LEFT JOIN tally.purchases p ON p.org = l.org AND p.owner = l.owner AND p.lot = l.lot
 WHERE l.org = %(org)s AND l.paid_amount IS NOT NULL AND l.recorded_us < %(until_us)s
 ORDER BY l.sequence, l.line
