-- Calls that are made one after another: those of one `turn` (NULL: whenever it is their time). Of
-- a turn only its first call has a job; the end of one defers the next. So who does not answer keeps
-- nobody waiting but himself, however much waits for him.
ALTER TABLE tally.effects ADD turn text, ADD attempts int NOT NULL DEFAULT 0;
GRANT UPDATE (attempts) ON tally.effects TO tally_writer;
CREATE INDEX effects_turns ON tally.effects (turn, key) WHERE outcome IS NULL AND turn IS NOT NULL;

-- An org looks at its calls.
GRANT SELECT (org, effect, key, deferred_us, ended_us, outcome, error, attempts)
    ON tally.effects TO tally_query;

DROP FUNCTION tally.defer_effects(text[], text[], text[], text[]);
CREATE FUNCTION tally.defer_effects(
    orgs text[], effects text[], keys text[], contents text[], turns text[]
) RETURNS bigint
    LANGUAGE plpgsql SET search_path = pg_catalog, tally_jobs, pg_temp AS $$
DECLARE
    added bigint;
    ids   bigint[];
BEGIN
    WITH fresh AS (
        INSERT INTO tally.effects (org, effect, key, content, turn)
        SELECT * FROM unnest(orgs, effects, keys, contents, turns)
            ON CONFLICT DO NOTHING
        RETURNING org, effect, key, turn
    ), firsts AS (
        SELECT org, effect, key, turn FROM fresh WHERE turn IS NULL
        UNION ALL
        (SELECT DISTINCT ON (f.turn) f.org, f.effect, f.key, f.turn FROM fresh f
          WHERE f.turn IS NOT NULL
            AND NOT EXISTS (SELECT FROM tally.effects w
                             WHERE w.turn = f.turn AND w.outcome IS NULL)
          ORDER BY f.turn, f.key)
    ), jobs AS (
        SELECT array_agg(ROW(CASE WHEN turn IS NULL THEN 'effects' ELSE 'turns' END, 'call', 0, turn, NULL,
                             jsonb_build_object('org', org, 'effect', effect, 'key', key),
                             NULL)::procrastinate_job_to_defer_v1) AS made FROM firsts
    )
    SELECT (SELECT count(*) FROM fresh), procrastinate_defer_jobs_v1(coalesce(made, '{}'))
      INTO added, ids FROM jobs;
    RETURN added;
END $$;

-- Defer the first call of each of these turns, or of all (NULL), that has none under way.
CREATE FUNCTION tally.take_turns(asked text[]) RETURNS bigint
    LANGUAGE plpgsql SET search_path = pg_catalog, tally_jobs, pg_temp AS $$
DECLARE
    made bigint;
    ids  bigint[];
BEGIN
    WITH waiting AS (
        SELECT DISTINCT ON (w.turn) w.org, w.effect, w.key, w.turn FROM tally.effects w
         WHERE w.outcome IS NULL AND w.turn IS NOT NULL AND (asked IS NULL OR w.turn = ANY (asked))
         ORDER BY w.turn, w.key
    ), firsts AS (
        SELECT * FROM waiting w
         WHERE NOT EXISTS (SELECT FROM procrastinate_jobs j
                            WHERE j.lock = w.turn AND j.status IN ('todo', 'doing')
                              AND j.args->>'key' = w.key)
    ), jobs AS (
        SELECT count(*) AS number, array_agg(ROW(CASE WHEN turn IS NULL THEN 'effects' ELSE 'turns' END, 'call', 0, turn, NULL,
                             jsonb_build_object('org', org, 'effect', effect, 'key', key),
                             NULL)::procrastinate_job_to_defer_v1) AS deferred
          FROM firsts
    )
    SELECT number, procrastinate_defer_jobs_v1(coalesce(deferred, '{}')) INTO made, ids FROM jobs;
    RETURN made;
END $$;
REVOKE ALL ON FUNCTION tally.defer_effects, tally.take_turns FROM PUBLIC;
GRANT EXECUTE ON FUNCTION tally.defer_effects, tally.take_turns TO tally_writer;
