SELECT id, parent, archived, texts FROM tally.catalogue_categories WHERE org = %(org)s AND id = %(id)s
