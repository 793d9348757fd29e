SELECT id, parent, archived, texts
  FROM tally.catalogue_categories
 WHERE org = %(org)s AND id > %(after)s
   AND (%(parent)s::text IS NULL OR parent = %(parent)s::text)
 ORDER BY id
 LIMIT %(limit)s
