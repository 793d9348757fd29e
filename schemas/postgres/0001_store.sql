-- The store: chains of events per org, idempotency keys, balances, erasable texts, directories.
--
-- Two login roles, neither owner nor exempt from row security:
--   tally_writer  decides and commits: inserts and reads; updates heads, balances and read models
--   tally_query   serves reads of one org, the one set in its transaction as tally.org

DO $$
DECLARE
    name text;
BEGIN
    FOREACH name IN ARRAY ARRAY['tally_writer', 'tally_query'] LOOP
        BEGIN
            EXECUTE format('CREATE ROLE %I LOGIN NOSUPERUSER NOBYPASSRLS NOCREATEDB NOCREATEROLE', name);
        EXCEPTION WHEN duplicate_object OR unique_violation THEN
            NULL;  -- roles belong to the whole server: another database made it
        END;
    END LOOP;
END $$;

CREATE SCHEMA IF NOT EXISTS tally;
GRANT USAGE ON SCHEMA tally TO tally_writer, tally_query;

-- The org of a reading transaction; NULL, and so no row at all, when none is set.
CREATE FUNCTION tally.current_org() RETURNS text
    LANGUAGE sql STABLE PARALLEL SAFE
    RETURN nullif(current_setting('tally.org', true), '');

CREATE FUNCTION tally.refuse_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION '% of % is refused: it is append-only', TG_OP, TG_TABLE_NAME
        USING ERRCODE = 'TS003';
END $$;

-- Statement triggers that fire for everyone, also under session_replication_role = replica.
CREATE FUNCTION tally.make_append_only(target regclass) RETURNS void LANGUAGE plpgsql AS $$
BEGIN
    EXECUTE format(
        'CREATE TRIGGER append_only BEFORE UPDATE OR DELETE ON %s
             FOR EACH STATEMENT EXECUTE FUNCTION tally.refuse_change()', target);
    EXECUTE format(
        'CREATE TRIGGER append_only_truncate BEFORE TRUNCATE ON %s
             FOR EACH STATEMENT EXECUTE FUNCTION tally.refuse_change()', target);
    EXECUTE format('ALTER TABLE %s ENABLE ALWAYS TRIGGER append_only', target);
    EXECUTE format('ALTER TABLE %s ENABLE ALWAYS TRIGGER append_only_truncate', target);
END $$;

-- Row security: the writer works for every org, a reader sees the org of its transaction.
CREATE FUNCTION tally.keep_orgs_apart(target regclass) RETURNS void LANGUAGE plpgsql AS $$
BEGIN
    EXECUTE format('ALTER TABLE %s ENABLE ROW LEVEL SECURITY', target);
    EXECUTE format('ALTER TABLE %s FORCE ROW LEVEL SECURITY', target);
    EXECUTE format(
        'CREATE POLICY writer ON %s TO tally_writer USING (true) WITH CHECK (true)', target);
    EXECUTE format(
        'CREATE POLICY reader ON %s FOR SELECT TO tally_query USING (org = tally.current_org())',
        target);
END $$;

-- The end of each org's chain; compared and swapped by every commit.
CREATE TABLE tally.heads (
    org         text   PRIMARY KEY,
    sequence    bigint NOT NULL,
    hash        bytea  NOT NULL,
    recorded_us bigint NOT NULL
) WITH (fillfactor = 50);

-- The last position given out, locked last in every commit: positions are gap-free and
-- become visible in their order.
CREATE TABLE tally.shard (
    id       smallint PRIMARY KEY DEFAULT 1 CHECK (id = 1),
    position bigint   NOT NULL
) WITH (fillfactor = 10);
INSERT INTO tally.shard (position) VALUES (0);

-- Partitioned by position, so that old ones can be archived. Uniqueness of (org, sequence) across
-- partitions follows from the compare-and-swap of the head; verification checks it.
CREATE TABLE tally.events (
    position        bigint NOT NULL UNIQUE,
    org             text   NOT NULL,
    sequence        bigint NOT NULL,
    stream          text   NOT NULL,
    version         bigint NOT NULL,
    type            text   NOT NULL,
    recorded_us     bigint NOT NULL,
    actor           text   NOT NULL,
    idempotency_key text   NOT NULL,
    body            bytea  NOT NULL,
    hash            bytea  NOT NULL
) PARTITION BY RANGE (position);
SELECT tally.make_append_only('tally.events');
SELECT tally.keep_orgs_apart('tally.events');

-- Partitions of ten million positions, up to and including the one of `upto` and one ahead of it.
-- The owner makes them; the writer may only ask.
CREATE FUNCTION tally.ensure_event_partitions(upto bigint) RETURNS void
    LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog AS $$
DECLARE
    span CONSTANT bigint := 10000000;
    name text;
BEGIN
    PERFORM pg_advisory_xact_lock(hashtext('tally.ensure_event_partitions'));
    FOR n IN 0 .. upto / span + 1 LOOP
        name := format('events_%s', lpad(n::text, 6, '0'));
        CONTINUE WHEN to_regclass('tally.' || name) IS NOT NULL;
        EXECUTE format(
            'CREATE TABLE tally.%I PARTITION OF tally.events
                 FOR VALUES FROM (%s) TO (%s)', name, n * span, (n + 1) * span);
        EXECUTE format('ALTER TABLE tally.%I ADD UNIQUE (org, sequence)', name);
        EXECUTE format('ALTER TABLE tally.%I ADD UNIQUE (org, stream, version)', name);
        PERFORM tally.make_append_only(('tally.' || name)::regclass);
        PERFORM tally.keep_orgs_apart(('tally.' || name)::regclass);
    END LOOP;
END $$;
REVOKE ALL ON FUNCTION tally.ensure_event_partitions FROM public;
GRANT EXECUTE ON FUNCTION tally.ensure_event_partitions TO tally_writer;
SELECT tally.ensure_event_partitions(0);

-- One effect per key, for ever. Spaces: command (the Idempotency-Key header), usage (line ids).
CREATE TABLE tally.keys (
    org         text   NOT NULL,
    space       text   NOT NULL,
    key         text   NOT NULL,
    sequence    bigint NOT NULL,
    line        int    NOT NULL,
    fingerprint text   NOT NULL,
    PRIMARY KEY (org, space, key)
) PARTITION BY HASH (org);
SELECT tally.make_append_only('tally.keys');
SELECT tally.keep_orgs_apart('tally.keys');
DO $$
DECLARE
    name text;
BEGIN
    FOR n IN 0 .. 7 LOOP
        name := format('keys_%s', n);
        EXECUTE format(
            'CREATE TABLE tally.%I PARTITION OF tally.keys
                 FOR VALUES WITH (MODULUS 8, REMAINDER %s)', name, n);
        PERFORM tally.make_append_only(('tally.' || name)::regclass);
        PERFORM tally.keep_orgs_apart(('tally.' || name)::regclass);
    END LOOP;
END $$;

-- One row a wallet, written with its events: what it holds (credits: what is left of its lots),
-- as `state` all that the aggregate remembers, from which it is restored without replay, and as
-- `due_us` when time brings it something next (ledger/credits/balance_row.py; NULL: never).
CREATE TABLE tally.balances (
    org      text   NOT NULL,
    owner    text   NOT NULL,
    asset    text   NOT NULL,
    version  bigint NOT NULL,
    sequence bigint NOT NULL,
    credits  bigint NOT NULL,
    held     bigint NOT NULL,
    debt     bigint NOT NULL,
    state    text   NOT NULL,
    due_us   bigint,
    PRIMARY KEY (org, owner, asset)
) WITH (fillfactor = 70);
CREATE INDEX balances_due ON tally.balances (due_us) WHERE due_us IS NOT NULL;
SELECT tally.keep_orgs_apart('tally.balances');

-- Texts that may name a person. Events hold their digests; erasing text and salt leaves the chain
-- valid. Only tally.erase_person changes a row.
CREATE TABLE tally.texts (
    org     text  NOT NULL,
    digest  text  NOT NULL,
    kind    text  NOT NULL,
    person  text  NOT NULL,
    salt    bytea,
    content text,
    PRIMARY KEY (org, digest)
);
CREATE INDEX texts_by_person ON tally.texts (org, person);
SELECT tally.keep_orgs_apart('tally.texts');

-- Directories: who exists and which credential opens what; written with the events that say so.
CREATE TABLE tally.orgs (
    org          text   PRIMARY KEY,
    name         text   NOT NULL,
    billing_mode text   NOT NULL,
    recorded_us  bigint NOT NULL
);
SELECT tally.keep_orgs_apart('tally.orgs');

CREATE TABLE tally.api_keys (
    org         text    NOT NULL,
    id          text    NOT NULL,
    name        text    NOT NULL,
    role        text    NOT NULL,
    subject     text,
    secret_hash text    NOT NULL UNIQUE,
    recorded_us bigint  NOT NULL,
    revoked     boolean NOT NULL,
    PRIMARY KEY (org, id)
);
SELECT tally.keep_orgs_apart('tally.api_keys');
CREATE POLICY owner ON tally.api_keys TO CURRENT_USER USING (true);
CREATE POLICY owner ON tally.orgs TO CURRENT_USER USING (true);

-- The one road across orgs: from the hash of a secret to its credential.
CREATE FUNCTION tally.authenticate(hash text)
    RETURNS TABLE (org text, id text, role text, subject text)
    LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog AS $$
    SELECT k.org, k.id, k.role, k.subject
      FROM tally.api_keys k
     WHERE k.secret_hash = hash AND NOT k.revoked
$$;

-- Whether an org exists, for the operator who names one.
CREATE FUNCTION tally.org_exists(id text) RETURNS boolean
    LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog AS $$
    SELECT EXISTS (SELECT FROM tally.orgs o WHERE o.org = id)
$$;
REVOKE ALL ON FUNCTION tally.authenticate, tally.org_exists FROM public;
GRANT EXECUTE ON FUNCTION tally.authenticate, tally.org_exists TO tally_writer, tally_query;

GRANT SELECT, INSERT ON tally.events, tally.keys, tally.texts TO tally_writer;
GRANT SELECT, INSERT, UPDATE ON
    tally.heads, tally.balances, tally.orgs, tally.api_keys TO tally_writer;
GRANT SELECT, UPDATE ON tally.shard TO tally_writer;
GRANT SELECT ON
    tally.heads, tally.events, tally.keys, tally.balances, tally.texts, tally.orgs, tally.api_keys
    TO tally_query;
SELECT tally.keep_orgs_apart('tally.heads');
