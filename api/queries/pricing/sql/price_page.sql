SELECT id, published
  FROM tally.sku_prices
 WHERE org = %(org)s AND id > %(after)s
 ORDER BY id
 LIMIT %(limit)s
