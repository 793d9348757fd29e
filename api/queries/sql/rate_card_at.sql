-- The version of an org's rate card that was in force when something occurred.
SELECT body
  FROM tally.events
 WHERE org = %(org)s AND stream = 'rate-card' AND type = 'rating.RateCardPublished'
   AND coalesce((convert_from(body, 'UTF8')::jsonb ->> 'effective_us')::bigint, 0)
       <= %(occurred_us)s::bigint
 ORDER BY version DESC
 LIMIT 1
