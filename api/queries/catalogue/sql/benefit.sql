SELECT benefit FROM tally.sku_benefits WHERE org = %(org)s AND sku = %(sku)s
