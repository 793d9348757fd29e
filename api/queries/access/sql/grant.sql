SELECT id, order_id, line, sku, owner, kind,
       CASE WHEN state = 'active' AND ends_us <= %(now_us)s THEN 'expired' ELSE state END AS state,
       benefit, units, used, taken, given_us, ends_us
  FROM tally.order_grants
 WHERE org = %(org)s AND id = %(id)s
