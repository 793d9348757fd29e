-- Growth and retention: how tables are stored so that they stay fast, partitions of events that
-- are archived, and erasing what names a person.
--
-- Storage parameters are not inherited: each partition has its own.

-- Rows that never change. Vacuum has nothing to clean up, but index-only scans need the visibility
-- map and every row has to be frozen once: done early, in small portions (after every 2 % of new
-- rows), and with age 0, so that no page is written a second time before a wraparound.
CREATE FUNCTION tally.store_for_inserts(target regclass) RETURNS void
    LANGUAGE plpgsql SET search_path = pg_catalog AS $$
BEGIN
    EXECUTE format(
        'ALTER TABLE %s SET (fillfactor = 100, autovacuum_vacuum_insert_threshold = 50000,
             autovacuum_vacuum_insert_scale_factor = 0.02, autovacuum_freeze_min_age = 0,
             autovacuum_analyze_scale_factor = 0.02)', target);
END $$;

-- Rows that change all the time. Room on each page keeps the new version of a row beside the old
-- one without touching an index (a HOT update); vacuum comes after few dead rows, whatever the
-- size, and does not pause. The state of a large wallet lies in the TOAST table.
CREATE FUNCTION tally.store_for_updates(target regclass, fillfactor int) RETURNS void
    LANGUAGE plpgsql SET search_path = pg_catalog AS $$
BEGIN
    EXECUTE format(
        'ALTER TABLE %s SET (fillfactor = %s, autovacuum_vacuum_threshold = 1000,
             autovacuum_vacuum_scale_factor = 0.02, autovacuum_vacuum_cost_delay = 0,
             toast.autovacuum_vacuum_threshold = 1000,
             toast.autovacuum_vacuum_scale_factor = 0.02,
             toast.autovacuum_vacuum_cost_delay = 0)', target, fillfactor);
END $$;
REVOKE ALL ON FUNCTION tally.store_for_inserts, tally.store_for_updates FROM public;

SELECT tally.store_for_inserts(c.oid::regclass)
  FROM pg_class c
 WHERE c.relnamespace = 'tally'::regnamespace AND c.relkind = 'r' AND c.relname ~ '^(events|keys)_';
-- Almost only inserts: an erasure is rare, and a rebuilt read model is written once.
SELECT tally.store_for_inserts('tally.texts'), tally.store_for_inserts('tally.transactions');
-- One small row, changed by every commit that touches it: half of each page stays free.
SELECT tally.store_for_updates('tally.heads', 50), tally.store_for_updates('tally.cap_counters', 50),
       tally.store_for_updates('tally.projection_heads', 50);
-- A wallet's state is hundreds of bytes: at 50 %, about as many new versions as rows fit.
SELECT tally.store_for_updates('tally.balances', 50);
-- One row, one page: nearly all of it is for versions.
SELECT tally.store_for_updates('tally.shard', 10), tally.store_for_updates('tally.projections', 10);

-- A partition of the events, with guards and parameters of its own.
CREATE FUNCTION tally.make_event_partition(name text, first bigint, past bigint) RETURNS void
    LANGUAGE plpgsql SET search_path = pg_catalog AS $$
BEGIN
    EXECUTE format('CREATE TABLE tally.%I PARTITION OF tally.events
                        FOR VALUES FROM (%s) TO (%s)', name, first, past);
    EXECUTE format('ALTER TABLE tally.%I ADD UNIQUE (org, sequence)', name);
    EXECUTE format('ALTER TABLE tally.%I ADD UNIQUE (org, stream, version)', name);
    PERFORM tally.make_append_only(format('tally.%I', name)::regclass);
    PERFORM tally.keep_orgs_apart(format('tally.%I', name)::regclass);
    PERFORM tally.store_for_inserts(format('tally.%I', name)::regclass);
END $$;
REVOKE ALL ON FUNCTION tally.make_event_partition FROM public;

CREATE OR REPLACE FUNCTION tally.ensure_event_partitions(upto bigint) RETURNS void
    LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog AS $$
DECLARE
    span CONSTANT bigint := 10000000;
    name text;
BEGIN
    PERFORM pg_advisory_xact_lock(hashtext('tally.ensure_event_partitions'));
    FOR n IN 0 .. upto / span + 1 LOOP
        name := format('events_%s', lpad(n::text, 6, '0'));
        CONTINUE WHEN to_regclass('tally.' || name) IS NOT NULL;
        PERFORM tally.make_event_partition(name, n * span, (n + 1) * span);
    END LOOP;
END $$;

-- Archives: partitions whose events were written to a file (schemas/archive.md) and taken out of
-- the table, always the oldest first. What stays in the table are the events of every stream but
-- wallets: rate cards, orgs, keys, caps are replayed from them for ever.
CREATE TABLE tally.archives (
    name           text   PRIMARY KEY,
    first_position bigint NOT NULL UNIQUE,
    last_position  bigint NOT NULL,
    events         bigint NOT NULL,
    kept           bigint NOT NULL,
    first_us       bigint NOT NULL,
    last_us        bigint NOT NULL,
    file           text   NOT NULL,
    sha256         bytea  NOT NULL,
    archived_us    bigint NOT NULL
);
SELECT tally.make_append_only('tally.archives');
GRANT SELECT ON tally.archives TO tally_writer;

-- Which part of each org's chain an archive holds: verification goes on from its last hash.
CREATE TABLE tally.archive_chains (
    org            text   NOT NULL,
    archive        text   NOT NULL,
    first_sequence bigint NOT NULL,
    previous_hash  bytea  NOT NULL,
    last_sequence  bigint NOT NULL,
    last_hash      bytea  NOT NULL,
    last_us        bigint NOT NULL,
    PRIMARY KEY (org, archive)
);
SELECT tally.make_append_only('tally.archive_chains');
SELECT tally.keep_orgs_apart('tally.archive_chains');
CREATE POLICY owner ON tally.archive_chains TO CURRENT_USER USING (true) WITH CHECK (true);
GRANT SELECT ON tally.archive_chains TO tally_writer;

-- An empty table that can take the place of a partition: it is filled before it is guarded, and
-- its CHECK lets it be attached without reading it.
CREATE FUNCTION tally.prepare_kept(name text, first bigint, past bigint) RETURNS void
    LANGUAGE plpgsql SET search_path = pg_catalog AS $$
BEGIN
    EXECUTE format('CREATE TABLE tally.%I (LIKE tally.events INCLUDING INDEXES)', name || '_kept');
    EXECUTE format('ALTER TABLE tally.%I ADD UNIQUE (org, sequence),
                        ADD UNIQUE (org, stream, version),
                        ADD CHECK (position >= %s AND position < %s)', name || '_kept', first, past);
END $$;

-- Put the kept events in the place of the whole partition, which stands alone from then on.
-- CONCURRENTLY would not do: between its two transactions there would be no prices and no orgs.
CREATE FUNCTION tally.put_kept(name text, archived text, first bigint, past bigint) RETURNS void
    LANGUAGE plpgsql SET search_path = pg_catalog AS $$
BEGIN
    PERFORM tally.make_append_only(format('tally.%I', name || '_kept')::regclass);
    PERFORM tally.keep_orgs_apart(format('tally.%I', name || '_kept')::regclass);
    PERFORM tally.store_for_inserts(format('tally.%I', name || '_kept')::regclass);
    EXECUTE format('ALTER TABLE tally.events DETACH PARTITION tally.%I', name);
    EXECUTE format('ALTER TABLE tally.%I RENAME TO %I', name, archived);
    EXECUTE format('ALTER TABLE tally.%I NO FORCE ROW LEVEL SECURITY', archived);  -- its owner's
    EXECUTE format('ALTER TABLE tally.%I RENAME TO %I', name || '_kept', name);
    EXECUTE format('ALTER TABLE tally.events ATTACH PARTITION tally.%I
                        FOR VALUES FROM (%s) TO (%s)', name, first, past);
END $$;
REVOKE ALL ON FUNCTION tally.prepare_kept, tally.put_kept FROM public;

-- Erasing texts: salt and content go; the digest stays, as events hold it.
CREATE POLICY owner ON tally.texts TO CURRENT_USER USING (true);
CREATE FUNCTION tally.erase_texts(of_org text, erased text[]) RETURNS void
    LANGUAGE sql SECURITY DEFINER SET search_path = pg_catalog AS $$
    UPDATE tally.texts SET salt = NULL, content = NULL
     WHERE org = of_org AND digest = ANY (erased) AND content IS NOT NULL
$$;
REVOKE ALL ON FUNCTION tally.erase_texts FROM public;
GRANT EXECUTE ON FUNCTION tally.erase_texts TO tally_writer;

-- What is still there of a person: what is erased needs no place in the index.
DROP INDEX tally.texts_by_person;
CREATE INDEX texts_by_person ON tally.texts (org, person) WHERE content IS NOT NULL;

-- The rare rows of a commit: {"orgs": [...], "api_keys": [...], "allowances": [...]}, each as its
-- table has it, and "erasures": [{"org", "digests"}].
CREATE OR REPLACE FUNCTION tally.enter_directories(entries jsonb) RETURNS void
    LANGUAGE plpgsql AS $$
BEGIN
    INSERT INTO tally.orgs (org, name, billing_mode, recorded_us)
    SELECT n.org, n.name, n.billing_mode, n.recorded_us
      FROM jsonb_populate_recordset(NULL::tally.orgs, entries -> 'orgs') n
        ON CONFLICT (org) DO UPDATE
       SET name = excluded.name, billing_mode = excluded.billing_mode;

    INSERT INTO tally.api_keys (org, id, name, role, subject, secret_hash, recorded_us, revoked)
    SELECT n.org, n.id, n.name, n.role, n.subject, n.secret_hash, n.recorded_us, n.revoked
      FROM jsonb_populate_recordset(NULL::tally.api_keys, entries -> 'api_keys') n
        ON CONFLICT (org, id) DO UPDATE SET revoked = excluded.revoked;

    INSERT INTO tally.allowances (org, free_monthly, granted_month)
    SELECT n.org, n.free_monthly, n.granted_month
      FROM jsonb_populate_recordset(NULL::tally.allowances, entries -> 'allowances') n
        ON CONFLICT (org) DO UPDATE
       SET free_monthly = excluded.free_monthly, granted_month = excluded.granted_month;

    PERFORM tally.erase_texts(
                e ->> 'org', ARRAY(SELECT jsonb_array_elements_text(e -> 'digests')))
       FROM jsonb_array_elements(entries -> 'erasures') e;
END $$;
