-- The alerts of an org's caps, newest first, before the one the page before ended with.
SELECT sequence, hash, recorded_us, body
  FROM tally.events
 WHERE org = %(org)s AND stream = 'caps' AND type = 'credits.AlertRaised'
   AND sequence < %(before)s::bigint
 ORDER BY version DESC
 LIMIT %(limit)s
