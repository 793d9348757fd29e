-- Calls to the outside: each is written down and deferred as a durable job by one statement, in the
-- transaction of its follower's position. Once for ever, whatever crashes: a key of a fact is its
-- sequence, and a follower that is set back finds its rows.

-- `outcome`: done, or failed for good (NULL: it waits); `error`: why it was not taken the last time.
CREATE TABLE tally.effects (
    org         text   NOT NULL,
    effect      text   NOT NULL,
    key         text   NOT NULL,
    content     text   NOT NULL,
    deferred_us bigint NOT NULL DEFAULT (extract(epoch FROM clock_timestamp()) * 1000000)::bigint,
    ended_us    bigint,
    outcome     text   CHECK (outcome IN ('done', 'failed')),
    error       text,
    PRIMARY KEY (org, effect, key)
) WITH (fillfactor = 80);
CREATE INDEX effects_waiting ON tally.effects (effect, deferred_us) WHERE outcome IS NULL;
SELECT tally.keep_orgs_apart('tally.effects');

-- How many have ended, counted as they end: the metrics need not count rows.
CREATE TABLE tally.effect_totals (
    effect  text   NOT NULL,
    outcome text   NOT NULL,
    times   bigint NOT NULL,
    PRIMARY KEY (effect, outcome)
) WITH (fillfactor = 50);

GRANT SELECT, INSERT ON tally.effects, tally.effect_totals TO tally_writer;
GRANT UPDATE (ended_us, outcome, error) ON tally.effects TO tally_writer;
GRANT UPDATE (times) ON tally.effect_totals TO tally_writer;

-- Defer those calls that are new, and say how many. The job library finds its own by the path.
CREATE FUNCTION tally.defer_effects(orgs text[], effects text[], keys text[], contents text[])
    RETURNS bigint
    LANGUAGE plpgsql SET search_path = pg_catalog, tally_jobs, pg_temp AS $$
DECLARE
    added bigint;
    ids   bigint[];
BEGIN
    WITH fresh AS (
        INSERT INTO tally.effects (org, effect, key, content)
        SELECT * FROM unnest(orgs, effects, keys, contents)
            ON CONFLICT DO NOTHING
        RETURNING org, effect, key
    ), jobs AS (
        SELECT count(*) AS number,
               array_agg(ROW('effects', 'call', 0, NULL, NULL,
                             jsonb_build_object('org', org, 'effect', effect, 'key', key),
                             NULL)::procrastinate_job_to_defer_v1) AS made
          FROM fresh
    )
    SELECT number, procrastinate_defer_jobs_v1(made) INTO added, ids FROM jobs;
    RETURN added;
END $$;

-- For the metrics, across orgs: how many calls wait, since when the oldest does (NULL: none), and
-- how many have ended in which way.
CREATE FUNCTION tally.effect_state()
    RETURNS TABLE (effect text, waiting bigint, waiting_us bigint, done bigint, failed bigint)
    LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, tally, pg_temp AS $$
    WITH waits AS (
        SELECT e.effect, count(*) AS waiting, min(e.deferred_us) AS waiting_us
          FROM tally.effects e WHERE e.outcome IS NULL GROUP BY e.effect
    ), ends AS (
        SELECT t.effect, sum(t.times) FILTER (WHERE t.outcome = 'done') AS done,
               sum(t.times) FILTER (WHERE t.outcome = 'failed') AS failed
          FROM tally.effect_totals t GROUP BY t.effect
    )
    SELECT effect, coalesce(waiting, 0), waiting_us,
           coalesce(done, 0)::bigint, coalesce(failed, 0)::bigint
      FROM waits FULL JOIN ends USING (effect)
     ORDER BY effect
$$;
REVOKE ALL ON FUNCTION tally.defer_effects, tally.effect_state FROM PUBLIC;
GRANT EXECUTE ON FUNCTION tally.defer_effects TO tally_writer;
GRANT EXECUTE ON FUNCTION tally.effect_state TO tally_query;
