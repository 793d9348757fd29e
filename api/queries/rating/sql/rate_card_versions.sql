-- The versions of an org's rate card that some events of its stream have published.
SELECT body
  FROM tally.events
 WHERE org = %(org)s AND stream = 'rate-card' AND type = 'rating.RateCardPublished'
   AND version = ANY(%(versions)s::bigint[])
 ORDER BY version DESC
