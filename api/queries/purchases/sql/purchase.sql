SELECT s.id, s.owner, s.provider, s.status, s.amount, s.currency, s.url
  FROM tally.purchase_states s
 WHERE s.org = %(org)s AND s.id = %(id)s
