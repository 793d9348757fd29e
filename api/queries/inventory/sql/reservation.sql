SELECT location, sku, owner, ends_us, reserved, shipped, released, expired, returned
  FROM tally.stock_reservations
 WHERE org = %(org)s AND reservation = %(reservation)s
 ORDER BY sku, location
