-- What the sealer keeps: the Merkle tree of each org as tiles, where each tree stands, the signed
-- checkpoints, and what each witness has of them.

-- Tiles of height 8 (https://c2sp.org/tlog-tiles): up to 256 hashes of 32 bytes. Level 0 holds the
-- hashes of leaves; each hash of a level above is the root of a complete tile of the level below.
CREATE TABLE tally.tiles (
    org    text   NOT NULL,
    level  int    NOT NULL,
    tile   bigint NOT NULL,
    hashes bytea  NOT NULL CHECK (octet_length(hashes) BETWEEN 32 AND 8192
                                  AND octet_length(hashes) % 32 = 0),
    PRIMARY KEY (org, level, tile)
) WITH (fillfactor = 70);
ALTER TABLE tally.tiles ALTER hashes SET STORAGE EXTERNAL;  -- hashes do not compress

-- A tile only grows at its end: what it held it holds for ever.
CREATE FUNCTION tally.refuse_other_tile() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF (NEW.org, NEW.level, NEW.tile) IS DISTINCT FROM (OLD.org, OLD.level, OLD.tile)
       OR substring(NEW.hashes FROM 1 FOR octet_length(OLD.hashes)) <> OLD.hashes THEN
        RAISE EXCEPTION 'UPDATE of tiles is refused: a tile only grows' USING ERRCODE = 'TS003';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER only_grows BEFORE UPDATE ON tally.tiles
    FOR EACH ROW EXECUTE FUNCTION tally.refuse_other_tile();
CREATE TRIGGER append_only BEFORE DELETE ON tally.tiles
    FOR EACH STATEMENT EXECUTE FUNCTION tally.refuse_change();
CREATE TRIGGER append_only_truncate BEFORE TRUNCATE ON tally.tiles
    FOR EACH STATEMENT EXECUTE FUNCTION tally.refuse_change();
ALTER TABLE tally.tiles ENABLE ALWAYS TRIGGER only_grows;
ALTER TABLE tally.tiles ENABLE ALWAYS TRIGGER append_only;
ALTER TABLE tally.tiles ENABLE ALWAYS TRIGGER append_only_truncate;
SELECT tally.keep_orgs_apart('tally.tiles');

-- The signed notes. `sealed_us` is when it was signed: it grows from one signing to the next, and
-- names the file in which witnesses get it.
CREATE TABLE tally.checkpoints (
    org         text   NOT NULL,
    size        bigint NOT NULL,
    root        bytea  NOT NULL,
    recorded_us bigint NOT NULL,
    note        text   NOT NULL,
    sealed_us   bigint NOT NULL DEFAULT (extract(epoch FROM clock_timestamp()) * 1000000)::bigint,
    PRIMARY KEY (org, size)
);
CREATE INDEX checkpoints_by_time ON tally.checkpoints (sealed_us);
SELECT tally.make_append_only('tally.checkpoints');
SELECT tally.keep_orgs_apart('tally.checkpoints');

-- Where the tree of an org stands: the last event in it, the size last signed and when,
-- `unsigned_us` as the recorded time of the first event that no checkpoint covers yet (NULL: none),
-- and why it is not sealed any further (NULL: it is).
CREATE TABLE tally.trees (
    org         text   PRIMARY KEY,
    size        bigint NOT NULL,
    hash        bytea  NOT NULL,
    recorded_us bigint NOT NULL,
    unsigned_us bigint,
    signed      bigint NOT NULL DEFAULT 0,
    sealed_us   bigint NOT NULL DEFAULT 0,
    refused     text
) WITH (fillfactor = 50);
CREATE INDEX trees_unsigned ON tally.trees (unsigned_us) WHERE unsigned_us IS NOT NULL;
CREATE INDEX trees_by_time ON tally.trees (sealed_us);
CREATE INDEX trees_refused ON tally.trees (org) WHERE refused IS NOT NULL;
SELECT tally.keep_orgs_apart('tally.trees');

-- What a witness has: every checkpoint signed up to `delivered_us`. `error`: why the last delivery
-- failed (NULL: it did not). `active`: whether it is configured now.
CREATE TABLE tally.witnesses (
    name         text    PRIMARY KEY,
    delivered_us bigint  NOT NULL DEFAULT 0,
    error        text,
    active       boolean NOT NULL DEFAULT true
);

GRANT SELECT, INSERT ON tally.checkpoints TO tally_writer;
GRANT SELECT, INSERT, UPDATE ON tally.tiles, tally.trees, tally.witnesses TO tally_writer;
GRANT SELECT ON tally.tiles, tally.checkpoints, tally.trees TO tally_query;

-- For the metrics, across orgs: when the oldest event without a checkpoint was recorded (NULL:
-- there is none), and how many orgs are not sealed any further.
CREATE POLICY owner ON tally.events FOR SELECT TO CURRENT_USER USING (true);
CREATE POLICY owner ON tally.trees FOR SELECT TO CURRENT_USER USING (true);
CREATE POLICY owner ON tally.checkpoints FOR SELECT TO CURRENT_USER USING (true);
CREATE FUNCTION tally.sealing_state() RETURNS TABLE (unsealed_us bigint, refused bigint)
    LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog AS $$
    SELECT least(
               (SELECT min(t.unsigned_us) FROM tally.trees t WHERE t.unsigned_us IS NOT NULL),
               (SELECT e.recorded_us FROM tally.events e
                 WHERE e.position > coalesce((SELECT p.position FROM tally.projections p
                                               WHERE p.name = 'sealer'), 0)
                 ORDER BY e.position LIMIT 1)),
           (SELECT count(*) FROM tally.trees t WHERE t.refused IS NOT NULL)
$$;

-- Each configured witness: when the oldest checkpoint it has not got was signed (NULL: none).
CREATE FUNCTION tally.witness_state()
    RETURNS TABLE (name text, waiting_us bigint, error text)
    LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog AS $$
    SELECT w.name,
           (SELECT c.sealed_us FROM tally.checkpoints c
             WHERE c.sealed_us > w.delivered_us ORDER BY c.sealed_us LIMIT 1),
           w.error
      FROM tally.witnesses w
     WHERE w.active
     ORDER BY w.name
$$;
REVOKE ALL ON FUNCTION tally.sealing_state, tally.witness_state FROM public;
GRANT EXECUTE ON FUNCTION tally.sealing_state, tally.witness_state TO tally_writer, tally_query;
