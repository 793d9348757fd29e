SELECT org, id, user_id AS "user", secret_hash, currency, customer_group AS "group", price_list,
       lines, codes, added, version, created_us, changed_us, expires_us, claimed_by AS "order", claimed_us,
       closed
  FROM tally.carts
 WHERE org = %(org)s AND id = %(id)s
