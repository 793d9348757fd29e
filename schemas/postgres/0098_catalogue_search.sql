-- The read model `catalogue_search`, written by its follower, and the search over it.

-- What finds a word although letters of it are wrong. It comes with PostgreSQL's contrib, and any
-- login that may make schemas in the database may make it.
SET LOCAL ROLE NONE;
CREATE EXTENSION IF NOT EXISTS pg_trgm SCHEMA public;
SET LOCAL ROLE tally_owner;
SELECT public.show_limit();  -- the library must be there before a function can have its settings

-- How PostgreSQL takes the words of a language apart; of one that it does not know, as they are.
CREATE FUNCTION tally.catalogue_language(locale text) RETURNS regconfig
    LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
    SELECT CASE split_part(locale, '-', 1)
        WHEN 'ar' THEN 'pg_catalog.arabic'::regconfig
        WHEN 'ca' THEN 'pg_catalog.catalan'::regconfig
        WHEN 'da' THEN 'pg_catalog.danish'::regconfig
        WHEN 'de' THEN 'pg_catalog.german'::regconfig
        WHEN 'el' THEN 'pg_catalog.greek'::regconfig
        WHEN 'en' THEN 'pg_catalog.english'::regconfig
        WHEN 'es' THEN 'pg_catalog.spanish'::regconfig
        WHEN 'fi' THEN 'pg_catalog.finnish'::regconfig
        WHEN 'fr' THEN 'pg_catalog.french'::regconfig
        WHEN 'hu' THEN 'pg_catalog.hungarian'::regconfig
        WHEN 'it' THEN 'pg_catalog.italian'::regconfig
        WHEN 'nb' THEN 'pg_catalog.norwegian'::regconfig
        WHEN 'nl' THEN 'pg_catalog.dutch'::regconfig
        WHEN 'no' THEN 'pg_catalog.norwegian'::regconfig
        WHEN 'pt' THEN 'pg_catalog.portuguese'::regconfig
        WHEN 'ro' THEN 'pg_catalog.romanian'::regconfig
        WHEN 'ru' THEN 'pg_catalog.russian'::regconfig
        WHEN 'sv' THEN 'pg_catalog.swedish'::regconfig
        WHEN 'tr' THEN 'pg_catalog.turkish'::regconfig
        ELSE 'pg_catalog.simple'::regconfig
    END
$$;

-- All that an item is found by, for one index: its org, type, categories and option values, which
-- begin with an @ as no word does, and its words in each of its languages. Who is not published is
-- not found.
CREATE FUNCTION tally.catalogue_lexemes(
    org text, type text, state text, categories text, options text, texts text)
    RETURNS tsvector
    LANGUAGE plpgsql IMMUTABLE PARALLEL SAFE SET search_path = pg_catalog, tally, pg_temp AS $$
DECLARE
    found tsvector;
    language regconfig;
    locale text;
    described jsonb;
BEGIN
    IF state IS DISTINCT FROM 'published' OR texts IS NULL THEN
        RETURN NULL;
    END IF;
    found := array_to_tsvector(
        ARRAY['@' || org, '@type:' || type]
        || ARRAY(SELECT '@category:' || c FROM jsonb_array_elements_text(categories::jsonb) c)
        || ARRAY(SELECT '@option:' || o FROM jsonb_array_elements_text(options::jsonb) o));
    FOR locale, described IN SELECT t.key, t.value FROM jsonb_each(texts::jsonb) t LOOP
        language := tally.catalogue_language(locale);
        found := found
            || setweight(to_tsvector(language, described ->> 'title'), 'A')
            || setweight(to_tsvector('pg_catalog.simple', described ->> 'title'), 'A')
            || to_tsvector(language, coalesce(described ->> 'description', ''));
    END LOOP;
    RETURN found;
END $$;

-- The titles of a published item in all its languages, in which a word is looked for that was not
-- written right.
CREATE FUNCTION tally.catalogue_titles(state text, texts text) RETURNS text
    LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
    SELECT CASE WHEN state = 'published' THEN
        (SELECT string_agg(t.value ->> 'title', ' ' ORDER BY t.key) FROM jsonb_each(texts::jsonb) t)
    END
$$;

CREATE TABLE tally.catalogue_search (
    org        text   NOT NULL,
    item       text   NOT NULL,
    type       text,
    state      text,
    categories text,
    options    text,
    texts      text,
    sequence   bigint NOT NULL,
    lexemes    tsvector GENERATED ALWAYS AS (
        tally.catalogue_lexemes(org, type, state, categories, options, texts)) STORED,
    titles     text GENERATED ALWAYS AS (tally.catalogue_titles(state, texts)) STORED,
    PRIMARY KEY (org, item)
);
CREATE INDEX catalogue_search_lexemes ON tally.catalogue_search USING gin (lexemes)
    WITH (fastupdate = off);
CREATE INDEX catalogue_search_titles ON tally.catalogue_search USING gin (titles public.gin_trgm_ops)
    WITH (fastupdate = off);
SELECT tally.keep_orgs_apart('tally.catalogue_search');
GRANT SELECT, INSERT, UPDATE, DELETE ON tally.catalogue_search TO tally_writer;
GRANT SELECT ON tally.catalogue_search TO tally_query;
REVOKE ALL ON FUNCTION tally.catalogue_language, tally.catalogue_lexemes, tally.catalogue_titles
  FROM PUBLIC;
GRANT EXECUTE ON FUNCTION tally.catalogue_language, tally.catalogue_lexemes, tally.catalogue_titles
   TO tally_writer;

-- A lexeme as it is, asked for.
CREATE FUNCTION tally.lexeme(name text) RETURNS tsquery
    LANGUAGE sql IMMUTABLE PARALLEL SAFE SET search_path = pg_catalog, tally, pg_temp AS $$
    SELECT ('''' || replace(replace(name, '\', '\\'), '''', '''''') || '''')::tsquery
$$;
REVOKE ALL ON FUNCTION tally.lexeme FROM PUBLIC;

-- The published items of the org, that of this transaction and no other, that have all words, written so or in a form
-- of them, the last one begun; where there is none, those whose titles have words like them. They
-- have all lexemes that are `required`, and one `either`, if there are any. The best come first, those
-- after a place; of at most `counted` that are found it is said how many have what ("facets").
--
-- It runs as the owner: row security has an index on words used by nobody whom it watches.
CREATE FUNCTION tally.search_catalogue(
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
    IF words = '' THEN
        SELECT array_agg(s.item), array_agg(0::float8) INTO items, ranks
          FROM (SELECT c.item FROM tally.catalogue_search c
                 WHERE c.lexemes @@ scope LIMIT counted + 1) s;
    ELSE
        asked := websearch_to_tsquery(tally.catalogue_language(locale), words)
              || to_tsquery('pg_catalog.simple', begun);
        SELECT array_agg(s.item), array_agg(s.rank) INTO items, ranks
          FROM (SELECT c.item, ts_rank(c.lexemes, asked)::float8 AS rank
                  FROM tally.catalogue_search c
                 WHERE c.lexemes @@ (scope && asked) LIMIT counted + 1) s;
        IF items IS NULL THEN
            SELECT array_agg(s.item), array_agg(s.rank) INTO items, ranks
              FROM (SELECT c.item, public.word_similarity(words, c.titles)::float8 AS rank
                      FROM tally.catalogue_search c
                     WHERE c.titles OPERATOR(public.%>) words AND c.lexemes @@ scope
                     LIMIT counted + 1) s;
        END IF;
    END IF;
    items := coalesce(items, '{}');
    IF with_facets THEN
        WITH hits AS MATERIALIZED (
            SELECT c.type, c.categories, c.options
              FROM tally.catalogue_search c
             WHERE c.org = of_org AND c.item = ANY (items[1:counted])
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
        'found', least(cardinality(items), counted),
        'is_more', cardinality(items) > counted,
        'facets', coalesce(facets, '[]'),
        'items', (
            SELECT coalesce(jsonb_agg(jsonb_build_array(p.rank, p.item)), '[]')
              FROM (SELECT u.rank, u.item
                      FROM unnest(ranks[1:counted], items[1:counted]) AS u (rank, item)
                     WHERE (u.rank, u.item) < (after_rank, after_item) OR after_item = ''
                     ORDER BY u.rank DESC, u.item DESC
                     LIMIT how_many) p));
END $$;
REVOKE ALL ON FUNCTION tally.search_catalogue FROM PUBLIC;
GRANT EXECUTE ON FUNCTION tally.search_catalogue TO tally_query;
