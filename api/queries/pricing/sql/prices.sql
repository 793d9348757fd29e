SELECT id, published FROM tally.sku_prices WHERE org = %(org)s AND id = ANY(%(ids)s)
