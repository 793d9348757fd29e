-- What became of lots of bought credits, where any were paid for.
SELECT month, owner, asset, lot, used, expired, returned, taken
  FROM tally.lot_months
 WHERE org = %(org)s AND month < %(until)s
   AND EXISTS (SELECT FROM tally.lots WHERE org = %(org)s AND paid_amount IS NOT NULL)
