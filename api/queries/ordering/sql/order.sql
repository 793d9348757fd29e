SELECT id, owner, guest, number, status, payment_status, total, refunded, currency, provider, url,
       cart, placed_us, ends_us
  FROM tally.order_states
 WHERE org = %(org)s AND id = %(id)s
