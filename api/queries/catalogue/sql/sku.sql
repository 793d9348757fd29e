SELECT sku, item, kind, tax_category, oversell, offered, published, variant
  FROM tally.catalogue_skus
 WHERE org = %(org)s AND sku = %(sku)s
