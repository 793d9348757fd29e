-- The API keys that come with a role and open something, a few of them.
SELECT id
  FROM tally.api_keys
 WHERE org = %(org)s AND role = %(role)s AND NOT revoked
   AND coalesce(expires_us > %(now_us)s, true)
 ORDER BY id
 LIMIT 5
