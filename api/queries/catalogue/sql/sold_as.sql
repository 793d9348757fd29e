SELECT s.sku, s.item, i.type AS item_type, s.kind, s.tax_category,
       (s.variant ->> 'weight')::bigint AS weight, s.published AS is_sold
  FROM tally.catalogue_skus s
  JOIN tally.catalogue_items i ON i.org = s.org AND i.id = s.item
 WHERE s.org = %(org)s AND s.sku = ANY(%(skus)s)
