SELECT id, order_id, line, sku, owner, from_location, to_location, ordered, withdrawn, sent, received,
       refused, status, requested_us
  FROM tally.internal_transfers
 WHERE org = %(org)s AND id = %(id)s
