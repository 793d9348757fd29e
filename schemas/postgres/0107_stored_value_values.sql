-- Gift cards and store credit, and what orders have spent of each: what the functions below are
-- given, no more. A row is all that a stored value remembers, so it is read in place of its events.
CREATE TABLE tally.stored_values (
    org         text    NOT NULL,
    id          text    NOT NULL,
    kind        text    NOT NULL,
    currency    text    NOT NULL,
    balance     bigint  NOT NULL,
    claimed     bigint  NOT NULL,
    claims      jsonb   NOT NULL,
    disabled    boolean NOT NULL,
    expires_us  bigint,
    person      text,
    order_id    text,
    code_digest text,
    initial     bigint,
    note        text,
    created_us  bigint  NOT NULL,
    version     bigint  NOT NULL,
    PRIMARY KEY (org, id)
) WITH (fillfactor = 80);
CREATE INDEX stored_values_by_code ON tally.stored_values (org, code_digest)
 WHERE code_digest IS NOT NULL;
CREATE INDEX stored_values_by_person ON tally.stored_values (org, person, id)
 WHERE person IS NOT NULL;
CREATE INDEX stored_values_by_order ON tally.stored_values (org, order_id, id)
 WHERE order_id IS NOT NULL;
SELECT tally.keep_orgs_apart('tally.stored_values');
GRANT SELECT, INSERT, UPDATE (balance, claimed, claims, disabled, expires_us, version)
   ON tally.stored_values TO tally_writer;
GRANT SELECT ON tally.stored_values TO tally_query;

CREATE FUNCTION tally.put_stored_values(rows jsonb) RETURNS void LANGUAGE sql AS $$
    INSERT INTO tally.stored_values
        (org, id, kind, currency, balance, claimed, claims, disabled, expires_us, person, order_id,
         code_digest, initial, note, created_us, version)
    SELECT n.org, n.id, n.kind, n.currency, n.balance, n.claimed, n.claims, n.disabled,
           n.expires_us, n.person, n.order_id, n.code_digest, n.initial, n.note, n.created_us, n.version
      FROM jsonb_populate_recordset(NULL::tally.stored_values, rows) n
        ON CONFLICT (org, id) DO UPDATE
       SET balance = excluded.balance, claimed = excluded.claimed, claims = excluded.claims,
           disabled = excluded.disabled, expires_us = excluded.expires_us,
           version = excluded.version
$$;

CREATE TABLE tally.stored_value_settlements (
    org        text   NOT NULL,
    order_id   text   NOT NULL,
    source     text   NOT NULL,
    currency   text   NOT NULL,
    settled    bigint NOT NULL,
    given_back bigint NOT NULL,
    PRIMARY KEY (org, order_id, source)
);
SELECT tally.keep_orgs_apart('tally.stored_value_settlements');
GRANT SELECT, INSERT, UPDATE (given_back) ON tally.stored_value_settlements TO tally_writer;
GRANT SELECT ON tally.stored_value_settlements TO tally_query;

CREATE FUNCTION tally.put_stored_value_settlements(rows jsonb) RETURNS void LANGUAGE sql AS $$
    INSERT INTO tally.stored_value_settlements
        (org, order_id, source, currency, settled, given_back)
    SELECT n.org, n.order_id, n.source, n.currency, n.settled, n.given_back
      FROM jsonb_populate_recordset(NULL::tally.stored_value_settlements, rows) n
        ON CONFLICT (org, order_id, source) DO UPDATE SET given_back = excluded.given_back
$$;
REVOKE ALL ON FUNCTION tally.put_stored_values, tally.put_stored_value_settlements FROM PUBLIC;
GRANT EXECUTE ON FUNCTION tally.put_stored_values, tally.put_stored_value_settlements
   TO tally_writer;
