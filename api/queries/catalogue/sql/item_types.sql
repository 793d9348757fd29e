SELECT published
  FROM tally.catalogue_item_types
 WHERE org = %(org)s AND id > %(after)s
 ORDER BY id
 LIMIT %(limit)s
