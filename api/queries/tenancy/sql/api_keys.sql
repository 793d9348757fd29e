-- An org's credentials by id, after the one the page before ended with, and when each was last used.
SELECT k.id, k.name, k.role, k.subject, k.recorded_us, k.revoked, k.expires_us, u.last_used_us
  FROM tally.api_keys k
  LEFT JOIN tally.key_uses u ON u.org = k.org AND u.key = k.id
 WHERE k.org = %(org)s AND k.id > %(after)s
 ORDER BY k.id
 LIMIT %(limit)s
