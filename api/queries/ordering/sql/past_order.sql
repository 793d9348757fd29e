SELECT id, owner, NULL AS guest, number, status, payment_status, total, refunded, currency,
       NULL AS provider, NULL AS url, NULL AS cart, placed_us, placed_us AS ends_us, source,
       NULL AS invoice
  FROM tally.past_orders
 WHERE org = %(org)s AND id = %(id)s
