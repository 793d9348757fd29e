SELECT content, deferred_us, ended_us, outcome, error, attempts
  FROM tally.effects
 WHERE org = 'platform' AND effect = 'notices' AND key = %(key)s
