SELECT key, deferred_us, ended_us, outcome, error, attempts
  FROM tally.effects
 WHERE org = %(org)s AND effect = 'webhooks' AND key < %(before)s AND key >= %(from)s
   AND (%(state)s::text IS NULL OR coalesce(outcome, 'waiting') = %(state)s::text)
 ORDER BY key DESC
 LIMIT %(limit)s
