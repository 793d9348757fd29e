-- An org's credentials by id, after the one the page before ended with.
SELECT id, name, role, subject, recorded_us, revoked, expires_us
  FROM tally.api_keys
 WHERE org = %(org)s AND id > %(after)s
 ORDER BY id
 LIMIT %(limit)s
