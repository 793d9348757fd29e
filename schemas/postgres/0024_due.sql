-- When time next brings something to record in an aggregate, for those that declare a moment
-- (`due_us` of ledger/kernel/aggregate.py): a row of the same transaction as the event that moved
-- it. No row: nothing, until something is done. One index serves whoever sweeps, oldest first.
CREATE TABLE tally.due (
    org    text   NOT NULL,
    stream text   NOT NULL,
    due_us bigint NOT NULL,
    PRIMARY KEY (org, stream)
);
CREATE INDEX due_in_order ON tally.due (due_us, org, stream);
SELECT tally.store_for_updates('tally.due', 70), tally.keep_orgs_apart('tally.due');
GRANT SELECT, INSERT, DELETE, UPDATE (due_us) ON tally.due TO tally_writer;
GRANT SELECT ON tally.due TO tally_query;

-- The moments of a commit that are others than before; NULL: there is none any more. The planner
-- must not take the table for as small as it was when it made its plan.
CREATE FUNCTION tally.change_due(orgs text[], streams text[], moments bigint[]) RETURNS void
    LANGUAGE plpgsql
    SET enable_seqscan = off SET enable_hashjoin = off SET enable_mergejoin = off AS $$
BEGIN
    DELETE FROM tally.due d
     USING unnest(orgs, streams, moments) AS n (org, stream, due_us)
     WHERE n.due_us IS NULL AND d.org = n.org AND d.stream = n.stream;

    INSERT INTO tally.due (org, stream, due_us)
    SELECT n.org, n.stream, n.due_us
      FROM unnest(orgs, streams, moments) AS n (org, stream, due_us)
     WHERE n.due_us IS NOT NULL
        ON CONFLICT (org, stream) DO UPDATE SET due_us = excluded.due_us;
END $$;

-- It takes the position that the commit was given and hands it on, so that it is called after
-- tally.append, under the locks of the heads.
CREATE FUNCTION tally.enter_due(orgs text[], streams text[], moments bigint[], given bigint)
    RETURNS bigint LANGUAGE plpgsql AS $$
BEGIN
    IF cardinality(orgs) > 0 THEN  -- rarely: most commits move no moment
        PERFORM tally.change_due(orgs, streams, moments);
    END IF;
    RETURN given;
END $$;
REVOKE ALL ON FUNCTION tally.change_due, tally.enter_due FROM public;
GRANT EXECUTE ON FUNCTION tally.change_due, tally.enter_due TO tally_writer;

-- What was recorded before: the moments of wallets stood in their balances rows; an allowance is
-- due when the month after the last that is done begins, or since it was set.
INSERT INTO tally.due (org, stream, due_us)
SELECT org, 'wallet/' || asset || '/' || owner, due_us FROM tally.balances WHERE due_us IS NOT NULL;

INSERT INTO tally.due (org, stream, due_us)
SELECT a.org, 'allowance', coalesce(
           (extract(epoch FROM (a.granted_month || '-01 00:00:00+00')::timestamptz AT TIME ZONE 'UTC'
                               + interval '1 month') * 1000000)::bigint,
           (SELECT max(e.recorded_us) FROM tally.events e
             WHERE e.org = a.org AND e.stream = 'allowance' AND e.type = 'credits.AllowanceSet'))
  FROM tally.allowances a
 WHERE a.free_monthly IS NOT NULL;

-- The moment leaves the balances row, which is written with every event of a wallet.
DROP FUNCTION tally.append;
CREATE FUNCTION tally.append(
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

    PERFORM FROM tally.heads h WHERE h.org = ANY (head_org) ORDER BY h.org FOR UPDATE;

    UPDATE tally.heads h
       SET sequence = n.sequence, hash = n.hash, recorded_us = n.recorded_us
      FROM unnest(head_org, head_old_sequence, head_old_hash,
                  head_sequence, head_hash, head_recorded_us)
           AS n (org, old_sequence, old_hash, sequence, hash, recorded_us)
     WHERE h.org = n.org AND h.sequence = n.old_sequence AND h.hash = n.old_hash;
    GET DIAGNOSTICS moved = ROW_COUNT;
    IF moved <> cardinality(head_org) THEN
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
        RETURNING position - cardinality(event_head) INTO last_given;

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
ALTER TABLE tally.balances DROP COLUMN due_us;
