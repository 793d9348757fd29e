-- API keys that expire: at a moment of their own, or when the overlap with their successor is over.
ALTER TABLE tally.api_keys ADD expires_us bigint;
GRANT UPDATE (expires_us) ON tally.api_keys TO tally_writer;
GRANT SELECT (expires_us) ON tally.api_keys TO tally_query;

DROP FUNCTION tally.authenticate;
CREATE FUNCTION tally.authenticate(hash text)
    RETURNS TABLE (org text, id text, role text, subject text, expires_us bigint)
    LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, tally, pg_temp AS $$
    SELECT k.org, k.id, k.role, k.subject, k.expires_us
      FROM tally.api_keys k
     WHERE k.secret_hash = hash AND NOT k.revoked
$$;
REVOKE ALL ON FUNCTION tally.authenticate FROM PUBLIC;
GRANT EXECUTE ON FUNCTION tally.authenticate TO tally_query;

-- A key that is there already is changed: every process that may remember it is told as soon as the
-- commit is seen (api/queries/tenancy/credential_changes.py). No other commit notifies.
CREATE OR REPLACE FUNCTION tally.put_api_keys(rows jsonb) RETURNS void LANGUAGE sql AS $$
    SELECT pg_notify('tally_credentials', k.org || ' ' || k.id)
      FROM jsonb_populate_recordset(NULL::tally.api_keys, rows) n
      JOIN tally.api_keys k ON k.org = n.org AND k.id = n.id;

    INSERT INTO tally.api_keys
           (org, id, name, role, subject, secret_hash, recorded_us, revoked, expires_us)
    SELECT n.org, n.id, n.name, n.role, n.subject, n.secret_hash, n.recorded_us, n.revoked,
           n.expires_us
      FROM jsonb_populate_recordset(NULL::tally.api_keys, rows) n
        ON CONFLICT (org, id) DO UPDATE
       SET revoked = excluded.revoked, expires_us = excluded.expires_us
$$;

-- Up to where an org's events may be missing because they were archived, in whichever shard.
GRANT SELECT (org, last_sequence) ON tally.archive_chains TO tally_query;
