SELECT id, owner, guest, number, status, payment_status, total, stored_value, refunded, currency,
       provider, url, cart, placed_us, ends_us,
       (SELECT i.id
          FROM tally.invoice_states i
         WHERE i.org = %(org)s AND i.id = %(invoice)s AND i.number IS NOT NULL) AS invoice
  FROM tally.order_states
 WHERE org = %(org)s AND id = %(id)s
