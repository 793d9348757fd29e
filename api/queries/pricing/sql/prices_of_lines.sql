SELECT p.id, p.published
  FROM tally.sku_prices p
 WHERE p.org = %(org)s
   AND p.id = ANY(%(ids)s::text[]
                  || ARRAY(SELECT %(item)s || s.item
                             FROM tally.catalogue_skus s
                            WHERE s.org = %(org)s AND s.sku = ANY(%(ids)s)))
