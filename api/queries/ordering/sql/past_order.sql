SELECT id, owner, NULL AS guest, number, status, payment_status, total,
       0 AS stored_value, refunded, currency,
       NULL AS provider, NULL AS url, NULL AS cart, placed_us, placed_us AS ends_us, source,
       NULL AS invoice
  FROM tally.past_orders
 WHERE org = %(org)s AND id = %(id)s
