-- What many items have is found among the first ones: an index on words gives all that have it before
-- the first, which takes tens of milliseconds where a hundred thousand do.

SELECT public.show_limit();  -- the library must be there before a function can have its settings

-- More than `counted` items of an org that have what is wanted, with their ranks, where a fifth of
-- the first ones have it, and nothing otherwise: then the index on words is faster.
CREATE FUNCTION tally.common_items(
    of_org text, wanted tsquery, asked tsquery, counted int, OUT items text[], OUT ranks float8[])
    LANGUAGE plpgsql STABLE
    SET search_path = pg_catalog, tally, pg_temp
    SET enable_seqscan = off SET enable_bitmapscan = off AS $$
DECLARE
    sampled CONSTANT int := 200;
    read_at_most int := 10 * counted;
BEGIN
    IF (SELECT count(*) FROM (SELECT c.lexemes FROM tally.catalogue_search c
                               WHERE c.org = of_org LIMIT sampled) s
         WHERE s.lexemes @@ wanted) < sampled / 5 THEN
        RETURN;
    END IF;
    SELECT array_agg(f.item), array_agg(f.rank) INTO items, ranks
      FROM (SELECT s.item, coalesce(ts_rank(s.lexemes, asked), 0)::float8 AS rank
              FROM (SELECT c.item, c.lexemes FROM tally.catalogue_search c
                     WHERE c.org = of_org LIMIT read_at_most) s
             WHERE s.lexemes @@ wanted LIMIT counted + 1) f;
    IF cardinality(items) <= counted THEN
        items := NULL;  -- there may be more, further on
    END IF;
END $$;
REVOKE ALL ON FUNCTION tally.common_items FROM PUBLIC;

-- The published items of the org, that of this transaction and no other, that have all words, written so or in a form
-- of them, the last one begun; where there is none, those whose titles have words like them. They
-- have all lexemes that are `required`, and one `either`, if there are any. The best come first, those
-- after a place; of at most `counted` that are found, a fifth of that where words are only like
-- those of titles, it is said how many have what ("facets").
--
-- It runs as the owner: row security has an index on words used by nobody whom it watches.
CREATE OR REPLACE FUNCTION tally.search_catalogue(
    of_org text, words text, begun text, locale text, required text[], either text[],
    after_rank float8, after_item text, how_many int, counted int, with_facets boolean)
    RETURNS jsonb
    LANGUAGE plpgsql STABLE SECURITY DEFINER
    SET search_path = pg_catalog, tally, pg_temp
    SET enable_seqscan = off SET enable_bitmapscan = on
    SET pg_trgm.word_similarity_threshold = 0.28 AS $$
DECLARE
    scope tsquery := tally.lexeme('@' || (SELECT of_org WHERE of_org = tally.current_org()));
    any_of tsquery := ''::tsquery;
    asked tsquery;
    wanted tsquery;
    most int := counted;
    each text;
    items text[];
    ranks float8[];
    facets jsonb;
BEGIN
    FOREACH each IN ARRAY required LOOP
        scope := scope && tally.lexeme(each);
    END LOOP;
    FOREACH each IN ARRAY either LOOP
        any_of := any_of || tally.lexeme(each);
    END LOOP;
    scope := scope && any_of;
    wanted := scope;
    IF words <> '' THEN
        asked := websearch_to_tsquery(tally.catalogue_language(locale), words)
              || to_tsquery('pg_catalog.simple', begun);
        wanted := scope && asked;
    END IF;
    SELECT f.items, f.ranks INTO items, ranks
      FROM tally.common_items(of_org, wanted, asked, counted) f;
    IF items IS NULL THEN
        SELECT array_agg(s.item), array_agg(s.rank) INTO items, ranks
          FROM (SELECT c.item, coalesce(ts_rank(c.lexemes, asked), 0)::float8 AS rank
                  FROM tally.catalogue_search c
                 WHERE c.lexemes @@ wanted LIMIT counted + 1) s;
    END IF;
    IF items IS NULL AND words <> '' THEN
        most := counted / 5;  -- each is compared letter by letter, twice
        SELECT array_agg(s.item), array_agg(s.rank) INTO items, ranks
          FROM (SELECT c.item, public.word_similarity(words, c.titles)::float8 AS rank
                  FROM tally.catalogue_search c
                 WHERE c.titles OPERATOR(public.%>) words AND c.lexemes @@ scope
                 LIMIT most + 1) s;
    END IF;
    items := coalesce(items, '{}');
    IF with_facets THEN
        WITH hits AS MATERIALIZED (
            SELECT c.type, c.categories, c.options
              FROM tally.catalogue_search c
             WHERE c.org = of_org AND c.item = ANY (items[1:most])
        ), facet AS (
            SELECT 'types' AS facet, h.type AS name FROM hits h
             UNION ALL
            SELECT 'categories', n.value FROM hits h, jsonb_array_elements_text(h.categories::jsonb) n
             UNION ALL
            SELECT 'options', n.value FROM hits h, jsonb_array_elements_text(h.options::jsonb) n
        ), numbered AS (
            SELECT f.facet, f.name, count(*) AS n,
                   row_number() OVER (PARTITION BY f.facet ORDER BY count(*) DESC, f.name) AS place
              FROM facet f GROUP BY f.facet, f.name
        )
        SELECT jsonb_agg(jsonb_build_array(n.facet, n.name, n.n) ORDER BY n.facet, n.place)
          INTO facets FROM numbered n WHERE n.place <= 100;
    END IF;
    RETURN jsonb_build_object(
        'found', least(cardinality(items), most),
        'is_more', cardinality(items) > most,
        'facets', coalesce(facets, '[]'),
        'items', (
            SELECT coalesce(jsonb_agg(jsonb_build_array(p.rank, p.item)), '[]')
              FROM (SELECT u.rank, u.item
                      FROM unnest(ranks[1:most], items[1:most]) AS u (rank, item)
                     WHERE (u.rank, u.item) < (after_rank, after_item) OR after_item = ''
                     ORDER BY u.rank DESC, u.item DESC
                     LIMIT how_many) p));
END $$;
