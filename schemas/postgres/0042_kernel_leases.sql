-- Leases: which service's writer writes a shard. The epoch of a lease grows whenever another takes it,
-- and stands in the row of the shard, which every commit moves last: so a commit that was decided
-- under a lease that is another's by now is refused whole. That is all that a lease is trusted for;
-- who holds one, until when, and where it is asked, is forgotten in a crash.
ALTER TABLE tally.shard ADD epoch bigint NOT NULL DEFAULT 0;
GRANT UPDATE (epoch) ON tally.shard TO tally_writer;

CREATE UNLOGGED TABLE tally.leases (
    shard      smallint PRIMARY KEY,
    epoch      bigint   NOT NULL,
    service    text     NOT NULL,
    host       text     NOT NULL,
    port       int      NOT NULL,
    token      bytea    NOT NULL,  -- what it lets others in for: new with every writer
    until_us   bigint   NOT NULL,  -- by the clock of this server
    races_lost bigint   NOT NULL DEFAULT 0
) WITH (fillfactor = 50);
GRANT SELECT, INSERT ON tally.leases TO tally_writer;
GRANT UPDATE (epoch, service, host, port, token, until_us, races_lost) ON tally.leases TO tally_writer;
GRANT SELECT (shard, epoch, service, host, until_us, races_lost) ON tally.leases TO tally_query;

-- What a holder's session locks, shared, as long as it lives: with the session the lock goes, whatever
-- killed it, and who would take the lease does not wait for its end.
CREATE FUNCTION tally.lease_key(of_shard int, of_epoch bigint) RETURNS int
    LANGUAGE sql IMMUTABLE PARALLEL SAFE
    RETURN ((of_epoch << 5) | of_shard)::int;
REVOKE ALL ON FUNCTION tally.lease_key FROM public;
GRANT EXECUTE ON FUNCTION tally.lease_key TO tally_writer;

-- Renew the lease of a shard that this writer holds, or take it: when nobody has it, when the session
-- of whoever has it is gone, when it was not renewed in time, or when its service has at least two
-- more than ours. Answers whose it is then. A session that is new to it says so. Races that are lost
-- count only under a lease.
CREATE FUNCTION tally.hold_lease(
    of_shard int, of_service text, at_host text, at_port int, by_token bytea,
    seconds float8, lost bigint, is_new boolean
) RETURNS TABLE (epoch bigint, service text, host text, port int, token bytea)
LANGUAGE plpgsql AS $$
#variable_conflict use_column
DECLARE
    now_us CONSTANT bigint := extract(epoch FROM clock_timestamp()) * 1000000;
    ends_us CONSTANT bigint := now_us + seconds * 1000000;
    held tally.leases;
    next bigint;
BEGIN
    UPDATE tally.leases SET until_us = ends_us, races_lost = races_lost + lost
     WHERE shard = of_shard AND token = by_token
        RETURNING * INTO held;
    IF FOUND THEN
        IF is_new THEN
            PERFORM pg_advisory_lock_shared(hashtext('tally.leases'),
                                            tally.lease_key(of_shard, held.epoch));
        END IF;
        RETURN QUERY SELECT held.epoch, held.service, held.host, held.port, held.token;
        RETURN;
    END IF;

    PERFORM pg_advisory_xact_lock(hashtext('tally.hold_lease'));  -- one takes at a time
    SELECT * INTO held FROM tally.leases WHERE shard = of_shard;
    IF held.epoch IS NULL THEN
        PERFORM tally.ensure_shard(of_shard, 0);
        INSERT INTO tally.leases (shard, epoch, service, host, port, token, until_us)
        SELECT s.id, s.epoch, '', '', 0, '', 0
          FROM tally.shard s WHERE s.id = of_shard;
    END IF;
    IF held.epoch IS NULL OR held.until_us < now_us
       OR pg_try_advisory_xact_lock(hashtext('tally.leases'),
                                    tally.lease_key(of_shard, held.epoch))
       OR (SELECT count(*) FILTER (WHERE l.service = held.service)
                  - count(*) FILTER (WHERE l.service = of_service)
             FROM tally.leases l WHERE l.until_us > now_us) >= 2
    THEN
        UPDATE tally.leases
           SET epoch = epoch + 1, service = of_service, host = at_host, port = at_port,
               token = by_token, until_us = ends_us
         WHERE shard = of_shard
            RETURNING epoch INTO next;
        PERFORM pg_advisory_lock_shared(hashtext('tally.leases'),
                                        tally.lease_key(of_shard, next));
        UPDATE tally.shard SET epoch = next WHERE id = of_shard;  -- after what commits there now
    END IF;
    RETURN QUERY SELECT l.epoch, l.service, l.host, l.port, l.token
                   FROM tally.leases l WHERE l.shard = of_shard;
END $$;
REVOKE ALL ON FUNCTION tally.hold_lease FROM public;
GRANT EXECUTE ON FUNCTION tally.hold_lease TO tally_writer;

-- Raises TS005 when a shard's lease is not the one of an epoch.
CREATE FUNCTION tally.expect_epoch(of_shard int, of_epoch bigint) RETURNS void
    LANGUAGE plpgsql STABLE AS $$
BEGIN
    IF EXISTS (SELECT FROM tally.shard s WHERE s.id = of_shard AND s.epoch <> of_epoch) THEN
        RAISE EXCEPTION 'the lease of the shard is another''s' USING ERRCODE = 'TS005';
    END IF;
END $$;
REVOKE ALL ON FUNCTION tally.expect_epoch FROM public;
GRANT EXECUTE ON FUNCTION tally.expect_epoch TO tally_writer;

-- A commit is of one shard, and moves that one's row only. Raises TS004 when one of its orgs lives in
-- another, and TS005 when the lease that it was decided under is another's by now. Who decides under
-- none gives no epoch.
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
    cap_counters      jsonb,
    of_epoch          bigint DEFAULT NULL
) RETURNS bigint LANGUAGE plpgsql AS $$
DECLARE
    placed     text[] := '{}';
    moved      int;
    last_given bigint;
    now_epoch  bigint;
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
        PERFORM tally.expect_epoch(of_shard, of_epoch);
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
        RETURNING position - cardinality(event_head), epoch INTO STRICT last_given, now_epoch;
    IF now_epoch <> of_epoch THEN  -- the row is ours until we have committed: nobody changes it
        RAISE EXCEPTION 'the lease of the shard is another''s' USING ERRCODE = 'TS005';
    END IF;

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
