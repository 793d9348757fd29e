SELECT id, slug, type, type_version, kind, state, details, options, variants
  FROM tally.catalogue_items
 WHERE org = %(org)s AND id = %(id)s
