-- The versions of an org's rate card, newest first.
SELECT sequence, recorded_us, body, hash
  FROM tally.events
 WHERE org = %(org)s AND stream = 'rate-card' AND type = 'rating.RateCardPublished'
   AND version < %(before)s::bigint
 ORDER BY version DESC
 LIMIT %(limit)s
