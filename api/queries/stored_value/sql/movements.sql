SELECT m.sequence, m.kind, m.currency, m.balance, m.claimed, m.order_id, t.content AS reason,
       m.recorded_us
  FROM tally.stored_value_movements m
  LEFT JOIN tally.texts t ON t.org = m.org AND t.digest = m.reason
 WHERE m.org = %(org)s AND m.source = %(source)s AND m.sequence < %(before)s::bigint
 ORDER BY m.sequence DESC
 LIMIT %(limit)s
