SELECT i.id, i.slug, i.type, i.kind, i.state, i.details ->> 'tax_category' AS tax_category,
       (SELECT jsonb_object_agg(t.key, t.value -> 'title')
          FROM jsonb_each(i.details -> 'texts') t) AS titles
  FROM tally.catalogue_items i
 WHERE i.org = %(org)s AND i.id = ANY (%(ids)s::text[])
