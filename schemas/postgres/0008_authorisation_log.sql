-- The access log: requests that were refused for want of a credential (401) or of permission (403),
-- in a chain of their own for each org (schemas/access-log.md). What nobody's credential asked for
-- stands under the org `platform`. Texts that may name a person are in tally.texts, as for events.

-- The end of each org's log; compared and swapped by every process that writes to it.
CREATE TABLE tally.access_heads (
    org         text   PRIMARY KEY,
    sequence    bigint NOT NULL,
    hash        bytea  NOT NULL,
    recorded_us bigint NOT NULL
) WITH (fillfactor = 50);
SELECT tally.keep_orgs_apart('tally.access_heads');

-- One row for `times` refusals that were alike, between first_us and last_us; request_id is the
-- first one's. Empty texts: not known.
CREATE TABLE tally.access_log (
    org         text   NOT NULL,
    sequence    bigint NOT NULL,
    recorded_us bigint NOT NULL,
    first_us    bigint NOT NULL,
    last_us     bigint NOT NULL,
    times       bigint NOT NULL CHECK (times > 0),
    code        text   NOT NULL,
    detail      text   NOT NULL,
    method      text   NOT NULL,
    path        text   NOT NULL,
    subject     text   NOT NULL,
    key_id      text   NOT NULL,
    request_id  text   NOT NULL,
    origin      text   NOT NULL,
    hash        bytea  NOT NULL,
    PRIMARY KEY (org, sequence)
);
SELECT tally.make_append_only('tally.access_log');
SELECT tally.keep_orgs_apart('tally.access_log');

-- Append to the logs of some orgs, whole or not at all. Raises TS001 when another process moved one
-- of the heads. Arrays of one kind have one length; heads are sorted by org.
CREATE FUNCTION tally.append_access(
    head_org          text[],
    head_old_sequence bigint[],
    head_old_hash     bytea[],
    head_sequence     bigint[],
    head_hash         bytea[],
    head_recorded_us  bigint[],
    row_org           text[],
    row_sequence      bigint[],
    row_recorded_us   bigint[],
    row_first_us      bigint[],
    row_last_us       bigint[],
    row_times         bigint[],
    row_code          text[],
    row_detail        text[],
    row_method        text[],
    row_path          text[],
    row_subject       text[],
    row_key_id        text[],
    row_request_id    text[],
    row_origin        text[],
    row_hash          bytea[],
    text_org          text[],
    text_digest       text[],
    text_kind         text[],
    text_person       text[],
    text_salt         bytea[],
    text_content      text[]
) RETURNS void LANGUAGE plpgsql AS $$
DECLARE
    moved int;
BEGIN
    INSERT INTO tally.access_heads (org, sequence, hash, recorded_us)
    SELECT n.org, 0, n.old_hash, 0
      FROM unnest(head_org, head_old_sequence, head_old_hash) AS n (org, old_sequence, old_hash)
     WHERE n.old_sequence = 0
        ON CONFLICT DO NOTHING;

    PERFORM FROM tally.access_heads h WHERE h.org = ANY (head_org) ORDER BY h.org FOR UPDATE;

    UPDATE tally.access_heads h
       SET sequence = n.sequence, hash = n.hash, recorded_us = n.recorded_us
      FROM unnest(head_org, head_old_sequence, head_old_hash,
                  head_sequence, head_hash, head_recorded_us)
           AS n (org, old_sequence, old_hash, sequence, hash, recorded_us)
     WHERE h.org = n.org AND h.sequence = n.old_sequence AND h.hash = n.old_hash;
    GET DIAGNOSTICS moved = ROW_COUNT;
    IF moved <> cardinality(head_org) THEN
        RAISE EXCEPTION 'another process moved the head of an access log' USING ERRCODE = 'TS001';
    END IF;

    INSERT INTO tally.texts (org, digest, kind, person, salt, content)
    SELECT * FROM unnest(text_org, text_digest, text_kind, text_person, text_salt, text_content)
        ON CONFLICT DO NOTHING;

    INSERT INTO tally.access_log (org, sequence, recorded_us, first_us, last_us, times, code,
                                  detail, method, path, subject, key_id, request_id, origin, hash)
    SELECT * FROM unnest(row_org, row_sequence, row_recorded_us, row_first_us, row_last_us,
                         row_times, row_code, row_detail, row_method, row_path, row_subject,
                         row_key_id, row_request_id, row_origin, row_hash);
END $$;
REVOKE ALL ON FUNCTION tally.append_access FROM public;
GRANT EXECUTE ON FUNCTION tally.append_access TO tally_writer;

GRANT SELECT, INSERT ON tally.access_log TO tally_writer;
GRANT SELECT, INSERT, UPDATE ON tally.access_heads TO tally_writer;
GRANT SELECT ON tally.access_log, tally.access_heads TO tally_query;
