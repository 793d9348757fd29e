-- A call that has ended is made again, perhaps with another content: a person has asked for it. It
-- is tried for as long as a new one. True: it had ended, and waits now.
GRANT UPDATE (content, deferred_us) ON tally.effects TO tally_writer;

CREATE FUNCTION tally.defer_again(of_org text, of_effect text, of_key text, of_content text)
    RETURNS boolean
    LANGUAGE plpgsql SET search_path = pg_catalog, tally_jobs, pg_temp AS $$
DECLARE
    ids bigint[];
BEGIN
    UPDATE tally.effects
       SET outcome = NULL, ended_us = NULL, error = NULL, content = coalesce(of_content, content),
           deferred_us = (extract(epoch FROM clock_timestamp()) * 1000000)::bigint
     WHERE org = of_org AND effect = of_effect AND key = of_key AND outcome IS NOT NULL;
    IF NOT FOUND THEN
        RETURN false;
    END IF;
    SELECT procrastinate_defer_jobs_v1(ARRAY[
        ROW('effects', 'call', 0, NULL, NULL,
            jsonb_build_object('org', of_org, 'effect', of_effect, 'key', of_key),
            NULL)::procrastinate_job_to_defer_v1]) INTO ids;
    RETURN true;
END $$;
REVOKE ALL ON FUNCTION tally.defer_again FROM PUBLIC;
GRANT EXECUTE ON FUNCTION tally.defer_again TO tally_writer;

-- What providers told us is looked at by who operates.
GRANT SELECT (content) ON tally.effects TO tally_query;
CREATE INDEX effects_notices ON tally.effects (deferred_us DESC, key DESC)
    WHERE org = 'platform' AND effect = 'notices';
