-- The wallets of an owner and the org's head, from one moment; one row without a wallet when the
-- owner has none.
SELECT coalesce(h.sequence, 0) AS sequence, h.recorded_us, b.asset, b.state
  FROM (SELECT) AS one
  LEFT JOIN tally.heads h ON h.org = %(org)s
  LEFT JOIN tally.balances b ON b.org = %(org)s AND b.owner = %(owner)s
   AND (%(asset)s::text IS NULL OR b.asset = %(asset)s)
 ORDER BY b.asset
