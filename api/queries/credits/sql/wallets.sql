-- A page of an org's wallets, or of one owner's, after one; whether or not they were open then.
SELECT owner, asset, version
  FROM tally.balances
 WHERE org = %(org)s
   AND (%(owner)s::text IS NULL OR owner = %(owner)s)
   AND (%(asset)s::text IS NULL OR asset = %(asset)s)
   AND (owner, asset) > (%(after_owner)s::text, %(after_asset)s::text)
 ORDER BY owner, asset
 LIMIT %(limit)s
