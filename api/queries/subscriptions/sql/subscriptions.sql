SELECT owner, state
  FROM tally.subscription_states
 WHERE org = %(org)s
   AND owner > %(after)s
   AND (%(user)s::text IS NULL OR owner = %(user)s)
   AND (%(status)s::text IS NULL OR status = %(status)s)
 ORDER BY owner
 LIMIT %(limit)s
