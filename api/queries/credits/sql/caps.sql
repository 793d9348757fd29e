-- The event that put the caps of an org in force.
SELECT sequence, body
  FROM tally.events
 WHERE org = %(org)s AND stream = 'caps' AND type = 'credits.CapsSet'
 ORDER BY version DESC
 LIMIT 1
