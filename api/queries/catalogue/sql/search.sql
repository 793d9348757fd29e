SELECT tally.search_catalogue(
    %(org)s, %(words)s, %(begun)s, %(locale)s, %(required)s::text[], %(either)s::text[],
    %(after_rank)s::float8, %(after_item)s, %(limit)s, %(counted)s, %(with_facets)s) AS found
