SELECT id, order_id, line, sku, owner, calendar, slot, start_us, end_us, units, state
  FROM tally.appointments
 WHERE org = %(org)s AND id = %(id)s
