-- Roles: who owns what the schema holds, and what each login may do with it.
--
--   tally_owner   owns every table and function of the schema; nobody logs in as it, and it is no
--                 superuser. Later migrations run as it.
--   tally_writer, tally_query   as before, with the columns they need and nothing more
--
-- A function that runs with its owner's rights looks names up in pg_catalog and tally, and in
-- pg_temp last: where it is not named, temporary objects come first.

DO $$
BEGIN
    IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = 'tally_owner') THEN
        CREATE ROLE tally_owner NOLOGIN NOSUPERUSER NOBYPASSRLS NOCREATEDB NOCREATEROLE;
    END IF;
EXCEPTION WHEN duplicate_object OR unique_violation THEN
    NULL;  -- roles belong to the whole server: another database made it
END $$;
DO $$
BEGIN
    IF NOT pg_has_role('tally_owner', 'SET') OR NOT pg_has_role('tally_owner', 'USAGE') THEN
        GRANT tally_owner TO CURRENT_USER WITH INHERIT TRUE, SET TRUE;
    END IF;
EXCEPTION WHEN insufficient_privilege THEN
    RAISE EXCEPTION 'the roles of this server belong to another login: GRANT tally_owner, tally_writer, tally_query TO % WITH ADMIN OPTION', current_user
        USING ERRCODE = 'insufficient_privilege';
END $$;
GRANT USAGE, CREATE ON SCHEMA tally TO tally_owner;

-- What is made from now on is for nobody until it is granted.
ALTER DEFAULT PRIVILEGES FOR ROLE tally_owner REVOKE EXECUTE ON FUNCTIONS FROM PUBLIC;

CREATE OR REPLACE FUNCTION tally.refuse_change() RETURNS trigger
    LANGUAGE plpgsql SET search_path = pg_catalog, tally, pg_temp AS $$
BEGIN
    RAISE EXCEPTION '% of % is refused: it is append-only', TG_OP, TG_TABLE_NAME
        USING ERRCODE = 'TS003';
END $$;

CREATE OR REPLACE FUNCTION tally.make_append_only(target regclass) RETURNS void
    LANGUAGE plpgsql SET search_path = pg_catalog, tally, pg_temp AS $$
BEGIN
    EXECUTE pg_catalog.format(
        'CREATE TRIGGER append_only BEFORE UPDATE OR DELETE ON %s
             FOR EACH STATEMENT EXECUTE FUNCTION tally.refuse_change()', target);
    EXECUTE pg_catalog.format(
        'CREATE TRIGGER append_only_truncate BEFORE TRUNCATE ON %s
             FOR EACH STATEMENT EXECUTE FUNCTION tally.refuse_change()', target);
    EXECUTE pg_catalog.format('ALTER TABLE %s ENABLE ALWAYS TRIGGER append_only', target);
    EXECUTE pg_catalog.format('ALTER TABLE %s ENABLE ALWAYS TRIGGER append_only_truncate', target);
END $$;

-- Row security: the writer works for every org, a reader sees the org of its transaction, and the
-- owner, who could lift all of it, sees what its functions are made for.
CREATE OR REPLACE FUNCTION tally.keep_orgs_apart(target regclass) RETURNS void
    LANGUAGE plpgsql SET search_path = pg_catalog, tally, pg_temp AS $$
BEGIN
    EXECUTE pg_catalog.format('ALTER TABLE %s ENABLE ROW LEVEL SECURITY', target);
    EXECUTE pg_catalog.format('ALTER TABLE %s FORCE ROW LEVEL SECURITY', target);
    EXECUTE pg_catalog.format(
        'CREATE POLICY owner ON %s TO tally_owner USING (true) WITH CHECK (true)', target);
    EXECUTE pg_catalog.format(
        'CREATE POLICY writer ON %s TO tally_writer USING (true) WITH CHECK (true)', target);
    EXECUTE pg_catalog.format(
        'CREATE POLICY reader ON %s FOR SELECT TO tally_query USING (org = tally.current_org())',
        target);
END $$;

DO $$
DECLARE
    target regclass;
BEGIN
    FOR target IN
        SELECT c.oid FROM pg_class c
         WHERE c.relnamespace = 'tally'::regnamespace AND c.relkind IN ('r', 'p') AND c.relrowsecurity
    LOOP
        EXECUTE format('DROP POLICY IF EXISTS owner ON %s', target);
        EXECUTE format(
            'CREATE POLICY owner ON %s TO tally_owner USING (true) WITH CHECK (true)', target);
    END LOOP;
END $$;

CREATE OR REPLACE FUNCTION tally.ensure_event_partitions(upto bigint) RETURNS void
    LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, tally, pg_temp AS $$
DECLARE
    span CONSTANT pg_catalog.int8 := 10000000;
    name pg_catalog.text;
BEGIN
    PERFORM pg_catalog.pg_advisory_xact_lock(
                pg_catalog.hashtext('tally.ensure_event_partitions'));
    FOR n IN 0 .. upto / span + 1 LOOP
        name := pg_catalog.format('events_%s', pg_catalog.lpad(n::pg_catalog.text, 6, '0'));
        CONTINUE WHEN pg_catalog.to_regclass('tally.' || name) IS NOT NULL;
        PERFORM tally.make_event_partition(name, n * span, (n + 1) * span);
    END LOOP;
END $$;

-- The same for every function there is: those with their owner's rights, and those that the owner
-- calls.
DO $$
DECLARE
    made regprocedure;
BEGIN
    FOR made IN
        SELECT p.oid FROM pg_proc p
         WHERE p.pronamespace = 'tally'::regnamespace
           AND (p.prosecdef OR p.prorettype = 'trigger'::regtype
                OR 'search_path=pg_catalog' = ANY (p.proconfig))
    LOOP
        EXECUTE format('ALTER FUNCTION %s SET search_path = pg_catalog, tally, pg_temp', made);
    END LOOP;
    FOR made IN SELECT p.oid FROM pg_proc p WHERE p.pronamespace = 'tally'::regnamespace LOOP
        EXECUTE format('REVOKE ALL ON FUNCTION %s FROM PUBLIC', made);
        EXECUTE format('ALTER FUNCTION %s OWNER TO tally_owner', made);
    END LOOP;
END $$;
GRANT EXECUTE ON FUNCTION tally.current_org() TO tally_writer, tally_query;

DO $$
DECLARE
    target regclass;
BEGIN
    FOR target IN
        SELECT c.oid FROM pg_class c
         WHERE c.relnamespace = 'tally'::regnamespace AND c.relkind IN ('r', 'p')
    LOOP
        EXECUTE format('ALTER TABLE %s OWNER TO tally_owner', target);
    END LOOP;
END $$;

-- Of a row that is there, the writer changes what a commit does: of most all but the key, of
-- directories what an event can change, of a tile its hashes.
DO $$
DECLARE
    target  regclass;
    changed text;
BEGIN
    FOR target, changed IN
        SELECT t.oid, string_agg(quote_ident(a.attname), ', ')
          FROM unnest(ARRAY['heads', 'access_heads', 'shard', 'balances', 'allowances',
                            'cap_counters', 'meter_counters', 'trees', 'witnesses', 'projections',
                            'projection_heads', 'transactions']) AS name
          JOIN pg_class t ON t.oid = ('tally.' || name)::regclass
          JOIN pg_index i ON i.indrelid = t.oid AND i.indisprimary
          JOIN pg_attribute a ON a.attrelid = t.oid AND a.attnum > 0 AND NOT a.attisdropped
                              AND a.attnum <> ALL (i.indkey)
         GROUP BY t.oid
    LOOP
        EXECUTE format('REVOKE UPDATE ON %s FROM tally_writer', target);
        EXECUTE format('GRANT UPDATE (%s) ON %s TO tally_writer', changed, target);
    END LOOP;
END $$;
REVOKE UPDATE ON tally.orgs, tally.api_keys, tally.tiles FROM tally_writer;
GRANT UPDATE (name, billing_mode) ON tally.orgs TO tally_writer;
GRANT UPDATE (revoked) ON tally.api_keys TO tally_writer;
GRANT UPDATE (hashes) ON tally.tiles TO tally_writer;

-- A credential that was revoked stays so: its row cannot be changed any more.
DROP POLICY writer ON tally.api_keys;
CREATE POLICY writer_reads ON tally.api_keys FOR SELECT TO tally_writer USING (true);
CREATE POLICY writer_enters ON tally.api_keys FOR INSERT TO tally_writer WITH CHECK (true);
CREATE POLICY writer_revokes ON tally.api_keys FOR UPDATE TO tally_writer
    USING (NOT revoked) WITH CHECK (true);

-- A reader lists credentials; their hashes are for tally.authenticate.
REVOKE SELECT ON tally.api_keys FROM tally_query;
GRANT SELECT (org, id, name, role, subject, recorded_us, revoked) ON tally.api_keys TO tally_query;

-- Up to where events may be missing because they were archived.
GRANT SELECT (last_position) ON tally.archives TO tally_query;

-- What each of them does not ask.
REVOKE EXECUTE ON FUNCTION
    tally.authenticate, tally.org_exists, tally.sealing_state, tally.witness_state
    FROM tally_writer;
REVOKE SELECT ON tally.projections FROM tally_query;

-- Read models are rebuilt by their owner.
REVOKE DELETE ON tally.projections, tally.projection_heads, tally.transactions FROM tally_writer;

-- What the service keeps secret, made here: two random UUIDs have 244 random bits. Its owner logs
-- the two roles in with the last two, where no logins are configured.
CREATE TABLE tally.secrets (
    name   text  PRIMARY KEY,
    secret bytea NOT NULL
);
INSERT INTO tally.secrets
SELECT name, sha256(uuid_send(gen_random_uuid()) || uuid_send(gen_random_uuid()))
  FROM unnest(ARRAY['cursors', 'tally_writer', 'tally_query']) AS name;
ALTER TABLE tally.secrets OWNER TO tally_owner;

-- What cursors are authenticated with: the same in every process of a service.
CREATE FUNCTION tally.cursor_key() RETURNS bytea
    LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, tally, pg_temp AS $$
    SELECT secret FROM tally.secrets WHERE name = 'cursors'
$$;
REVOKE ALL ON FUNCTION tally.cursor_key FROM PUBLIC;
ALTER FUNCTION tally.cursor_key OWNER TO tally_owner;
GRANT EXECUTE ON FUNCTION tally.cursor_key TO tally_query;

-- Each login looks which migrations there are before it begins.
GRANT SELECT ON public.tally_migrations TO tally_writer;
