SELECT content, deferred_us, ended_us, outcome, error, attempts
  FROM tally.effects
 WHERE org = 'platform' AND effect = 'notices'
   AND (deferred_us, key) < (%(before_us)s::bigint, %(before_key)s::text)
   AND (%(state)s::text IS NULL
        OR %(state)s::text = CASE WHEN outcome IS NULL THEN 'waiting'
                                  WHEN outcome = 'failed' THEN 'parked'
                                  WHEN content::jsonb #>> '{notice,happening,kind}' = 'other'
                                  THEN 'kept' ELSE 'done' END)
 ORDER BY deferred_us DESC, key DESC
 LIMIT %(limit)s
