WITH RECURSIVE below AS (
    SELECT %(id)s::text AS id
     UNION
    SELECT c.id
      FROM below b JOIN tally.catalogue_categories c ON c.org = %(org)s AND c.parent = b.id
     WHERE NOT c.archived
)
SELECT id FROM below ORDER BY id LIMIT %(limit)s
