SELECT s.sku, s.item, i.type AS item_type, s.kind, s.tax_category,
       (s.variant ->> 'weight')::bigint AS weight, s.published AS is_sold,
       CASE WHEN s.kind IN ('credits', 'plan')
            THEN COALESCE(b.benefit, '{}'::jsonb)
                 || jsonb_strip_nulls(jsonb_build_object('credits', s.variant -> 'credits',
                                                         'plan', s.variant -> 'plan'))
            ELSE b.benefit
       END AS benefit
  FROM tally.catalogue_skus s
  JOIN tally.catalogue_items i ON i.org = s.org AND i.id = s.item
  LEFT JOIN tally.sku_benefits b ON b.org = s.org AND b.sku = s.sku
 WHERE s.org = %(org)s AND s.sku = ANY(%(skus)s)
