-- The last snapshot of a wallet up to a sequence.
SELECT org, owner, asset, version, sequence, recorded_us, totals, state
  FROM tally.wallet_snapshots
 WHERE org = %(org)s AND owner = %(owner)s AND asset = %(asset)s AND sequence <= %(until)s::bigint
 ORDER BY sequence DESC
 LIMIT 1
