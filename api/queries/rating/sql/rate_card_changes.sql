-- What happened to an org's rate card after a version of its stream, without the prices.
SELECT version, sequence, recorded_us, hash, type = 'rating.RateCardVersionWithdrawn' AS withdrawn,
       (said.body ->> 'card_version')::bigint AS card_version,
       (said.body ->> 'effective_us')::bigint AS effective_us
  FROM tally.events
 CROSS JOIN LATERAL (SELECT convert_from(events.body, 'UTF8')::jsonb AS body) AS said
 WHERE org = %(org)s AND stream = 'rate-card' AND version > %(after)s::bigint
   AND type IN ('rating.RateCardPublished', 'rating.RateCardVersionWithdrawn')
 ORDER BY version
