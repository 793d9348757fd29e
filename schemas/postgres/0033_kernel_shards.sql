-- Shards: parts of the store that are written apart, each with positions of its own. A position says
-- its shard (ledger/kernel/shards.py): those of shard k follow (k - 1) << 48. So it stays unique in
-- the store, and partitions by range are of one shard each.

CREATE FUNCTION tally.base_of(of_shard int) RETURNS bigint LANGUAGE sql IMMUTABLE PARALLEL SAFE
    RETURN (of_shard - 1)::bigint << 48;
REVOKE ALL ON FUNCTION tally.base_of FROM public;

ALTER TABLE tally.shard DROP CONSTRAINT shard_id_check, ALTER id DROP DEFAULT,
    ADD CHECK (id BETWEEN 1 AND 31);

-- Where the events to come of an org are written. The platform is where shards meet, and stays.
ALTER TABLE tally.heads ADD shard smallint NOT NULL DEFAULT 1,
    ADD CHECK (shard = 1 OR org <> 'platform');
GRANT UPDATE (shard) ON tally.heads TO tally_writer;

-- The partitions of one shard, up to and including the one of `upto` and one ahead of it. They are
-- numbered within their shard, whose number stands before: events_000001, events_2_000001.
CREATE OR REPLACE FUNCTION tally.ensure_event_partitions(upto bigint) RETURNS void
    LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, tally, pg_temp AS $$
DECLARE
    span     CONSTANT bigint := 10000000;
    of_shard CONSTANT int := (upto >> 48) + 1;
    base     CONSTANT bigint := tally.base_of(of_shard);
    prefix   CONSTANT text := CASE of_shard WHEN 1 THEN '' ELSE of_shard || '_' END;
    name     text;
BEGIN
    PERFORM pg_advisory_xact_lock(hashtext('tally.ensure_event_partitions'));
    FOR n IN 0 .. (upto - base) / span + 1 LOOP
        name := format('events_%s%s', prefix, lpad(n::text, 6, '0'));
        CONTINUE WHEN to_regclass('tally.' || name) IS NOT NULL;
        PERFORM tally.make_event_partition(name, base + n * span, base + (n + 1) * span);
    END LOOP;
END $$;

-- A shard that is used: its row, and its partitions from the last position on so far ahead. Answers
-- that position. The owner makes them; the writer may only ask.
CREATE FUNCTION tally.ensure_shard(of_shard int, ahead bigint) RETURNS bigint
    LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, tally, pg_temp AS $$
DECLARE
    last bigint;
BEGIN
    INSERT INTO tally.shard (id, position) VALUES (of_shard, tally.base_of(of_shard))
        ON CONFLICT DO NOTHING;
    SELECT s.position INTO STRICT last FROM tally.shard s WHERE s.id = of_shard;
    PERFORM tally.ensure_event_partitions(last + ahead);
    RETURN last;
END $$;
REVOKE ALL ON FUNCTION tally.ensure_shard FROM public;
GRANT EXECUTE ON FUNCTION tally.ensure_shard TO tally_writer;

-- In which shard each org lives, as the platform's entries declare it. It is a view, so that what a
-- commit asks and what verification compares are one value.
CREATE VIEW tally.placements WITH (security_invoker = true) AS
SELECT 'platform' AS org, h.org AS tenant, h.shard
  FROM tally.heads h
 WHERE h.org <> 'platform';
GRANT SELECT ON tally.placements TO tally_writer;

CREATE FUNCTION tally.put_placements(rows jsonb) RETURNS void LANGUAGE sql AS $$
    UPDATE tally.heads h
       SET shard = n.shard
      FROM jsonb_populate_recordset(NULL::tally.placements, rows) n
     WHERE h.org = n.tenant AND h.shard <> n.shard
$$;
REVOKE ALL ON FUNCTION tally.put_placements FROM public;
GRANT EXECUTE ON FUNCTION tally.put_placements TO tally_writer;

-- A commit is of one shard, and moves that one's row only. Raises TS004 when one of its orgs lives
-- in another.
DROP FUNCTION tally.append;
CREATE FUNCTION tally.append(
    of_shard          int,
    clock_us          bigint,
    head_org          text[],
    head_old_sequence bigint[],
    head_old_hash     bytea[],
    head_sequence     bigint[],
    head_hash         bytea[],
    head_recorded_us  bigint[],
    event_head        int[],
    event_sequence    bigint[],
    event_stream      text[],
    event_version     bigint[],
    event_type        text[],
    event_recorded_us bigint[],
    event_actor       text[],
    event_key         text[],
    event_body        bytea[],
    event_hash        bytea[],
    key_head          int[],
    key_space         text[],
    key_key           text[],
    key_sequence      bigint[],
    key_line          int[],
    key_fingerprint   text[],
    balance_head      int[],
    balance_owner     text[],
    balance_asset     text[],
    balance_version   bigint[],
    balance_sequence  bigint[],
    balance_credits   bigint[],
    balance_held      bigint[],
    balance_debt      bigint[],
    balance_state     text[],
    text_head         int[],
    text_digest       text[],
    text_kind         text[],
    text_person       text[],
    text_salt         bytea[],
    text_content      text[],
    directories       jsonb,
    cap_counters      jsonb
) RETURNS bigint LANGUAGE plpgsql AS $$
DECLARE
    placed     text[] := '{}';
    moved      int;
    last_given bigint;
BEGIN
    IF abs(extract(epoch FROM clock_timestamp()) * 1000000 - clock_us) > 5000000 THEN
        RAISE EXCEPTION 'the clocks of service and database differ by more than 5 s'
            USING ERRCODE = 'TS002';
    END IF;

    INSERT INTO tally.heads (org, sequence, hash, recorded_us)
    SELECT n.org, 0, n.old_hash, 0
      FROM unnest(head_org, head_old_sequence, head_old_hash) AS n (org, old_sequence, old_hash)
     WHERE n.old_sequence = 0
        ON CONFLICT DO NOTHING;

    IF directories ? 'placements' THEN  -- rarely: the orgs that it moves are locked in one order
        placed := ARRAY(SELECT p ->> 'tenant'
                          FROM jsonb_array_elements(directories -> 'placements') p);
    END IF;
    PERFORM FROM tally.heads h WHERE h.org = ANY (head_org || placed) ORDER BY h.org FOR UPDATE;

    UPDATE tally.heads h
       SET sequence = n.sequence, hash = n.hash, recorded_us = n.recorded_us
      FROM unnest(head_org, head_old_sequence, head_old_hash,
                  head_sequence, head_hash, head_recorded_us)
           AS n (org, old_sequence, old_hash, sequence, hash, recorded_us)
     WHERE h.org = n.org AND h.sequence = n.old_sequence AND h.hash = n.old_hash
       AND h.shard = of_shard;
    GET DIAGNOSTICS moved = ROW_COUNT;
    IF moved <> cardinality(head_org) THEN
        IF EXISTS (SELECT FROM tally.heads h
                    WHERE h.org = ANY (head_org) AND h.shard <> of_shard) THEN
            RAISE EXCEPTION 'an org of the batch lives in another shard' USING ERRCODE = 'TS004';
        END IF;
        RAISE EXCEPTION 'another process moved the head of an org' USING ERRCODE = 'TS001';
    END IF;

    INSERT INTO tally.keys (org, space, key, sequence, line, fingerprint)
    SELECT head_org[n.head], n.space, n.key, n.sequence, n.line, n.fingerprint
      FROM unnest(key_head, key_space, key_key, key_sequence, key_line, key_fingerprint)
           AS n (head, space, key, sequence, line, fingerprint);

    INSERT INTO tally.balances AS b
           (org, owner, asset, version, sequence, credits, held, debt, state)
    SELECT head_org[n.head], n.owner, n.asset, n.version, n.sequence, n.credits, n.held, n.debt,
           n.state
      FROM unnest(balance_head, balance_owner, balance_asset, balance_version, balance_sequence,
                  balance_credits, balance_held, balance_debt, balance_state)
           AS n (head, owner, asset, version, sequence, credits, held, debt, state)
        ON CONFLICT (org, owner, asset) DO UPDATE
       SET version = excluded.version, sequence = excluded.sequence, credits = excluded.credits,
           held = excluded.held, debt = excluded.debt, state = excluded.state;

    IF cardinality(text_head) > 0 THEN
        INSERT INTO tally.texts (org, digest, kind, person, salt, content)
        SELECT head_org[n.head], n.digest, n.kind, n.person, n.salt, n.content
          FROM unnest(text_head, text_digest, text_kind, text_person, text_salt, text_content)
               AS n (head, digest, kind, person, salt, content)
            ON CONFLICT DO NOTHING;
    END IF;

    IF directories IS NOT NULL THEN
        PERFORM tally.enter_directories(directories);
    END IF;

    IF cap_counters IS NOT NULL THEN
        PERFORM tally.enter_counters(cap_counters);
    END IF;

    UPDATE tally.shard SET position = position + cardinality(event_head)
     WHERE id = of_shard
        RETURNING position - cardinality(event_head) INTO STRICT last_given;

    INSERT INTO tally.events (org, sequence, stream, version, type, recorded_us, actor,
                              idempotency_key, body, hash, position)
    SELECT head_org[e.head], e.sequence, e.stream, e.version, e.type, e.recorded_us, e.actor,
           e.key, e.body, e.hash, last_given + e.n
      FROM unnest(event_head, event_sequence, event_stream, event_version, event_type,
                  event_recorded_us, event_actor, event_key, event_body, event_hash)
           WITH ORDINALITY
           AS e (head, sequence, stream, version, type, recorded_us, actor, key, body, hash, n);

    RETURN last_given + 1;
END $$;
REVOKE ALL ON FUNCTION tally.append FROM public;
GRANT EXECUTE ON FUNCTION tally.append TO tally_writer;
