SELECT sku, location, on_hand, cost_currency, value, paid, units
  FROM tally.stock_levels
 WHERE org = %(org)s
   AND (%(sku)s::text IS NULL OR sku = %(sku)s::text)
   AND (%(location)s::text IS NULL OR location = %(location)s::text)
   AND (sku, location) > (%(after_sku)s::text, %(after_location)s::text)
 ORDER BY sku, location
 LIMIT %(limit)s
