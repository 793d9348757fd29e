-- append: one commit of the sequencer, whole or not at all, in one round trip.
--
-- Raises TS001 when another process moved one of the heads, TS002 when the caller's clock is more
-- than five seconds off ours. Answers the position of the first event. Arrays of one kind have one
-- length; heads are sorted by org, so that two processes lock them in one order. What belongs to an
-- org names it by its place in `head_org`.
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
    balance_due_us    bigint[],
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
           (org, owner, asset, version, sequence, credits, held, debt, state, due_us)
    SELECT head_org[n.head], n.owner, n.asset, n.version, n.sequence, n.credits, n.held, n.debt,
           n.state, n.due_us
      FROM unnest(balance_head, balance_owner, balance_asset, balance_version, balance_sequence,
                  balance_credits, balance_held, balance_debt, balance_state, balance_due_us)
           AS n (head, owner, asset, version, sequence, credits, held, debt, state, due_us)
        ON CONFLICT (org, owner, asset) DO UPDATE
       SET version = excluded.version, sequence = excluded.sequence, credits = excluded.credits,
           held = excluded.held, debt = excluded.debt, state = excluded.state,
           due_us = excluded.due_us;

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

-- What a group is decided on, from one moment: the heads of orgs (`place` 0), and of the keys asked
-- for those that are known, each with its place among them. The planner must not take the tables
-- for as small as they were when it made its plan.
CREATE FUNCTION tally.look_up(orgs text[], key_org int[], key_space text[], key_key text[])
    RETURNS TABLE (place bigint, org text, sequence bigint, hash bytea, recorded_us bigint,
                   line int, fingerprint text)
    LANGUAGE sql STABLE
    SET enable_seqscan = off SET enable_hashjoin = off SET enable_mergejoin = off AS $$
    SELECT 0, h.org, h.sequence, h.hash, h.recorded_us, NULL, NULL
      FROM tally.heads h
     WHERE h.org = ANY (orgs)
    UNION ALL
    SELECT n.place, NULL, k.sequence, NULL, NULL, k.line, k.fingerprint
      FROM unnest(key_org, key_space, key_key) WITH ORDINALITY AS n (org, space, key, place)
      JOIN tally.keys k ON k.org = orgs[n.org] AND k.space = n.space AND k.key = n.key
$$;

-- The rare rows of a commit: {"orgs": [...], "api_keys": [...]}, each as its table has it.
CREATE FUNCTION tally.enter_directories(entries jsonb) RETURNS void LANGUAGE plpgsql AS $$
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
END $$;
REVOKE ALL ON FUNCTION tally.append, tally.look_up, tally.enter_directories FROM public;
GRANT EXECUTE ON FUNCTION tally.append, tally.look_up, tally.enter_directories TO tally_writer;
