-- What has changed of subscriptions that recurring revenue is made of.
SELECT recorded_us AS at_us, owner, status, currency, recurring
  FROM tally.subscription_moves
 WHERE org = %(org)s AND recorded_us < %(until_us)s
 ORDER BY sequence
