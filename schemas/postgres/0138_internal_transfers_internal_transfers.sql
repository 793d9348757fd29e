-- Internal transfers: what `tally.put_internal_transfers` is given, no more.
CREATE TABLE tally.internal_transfers (
    org           text   NOT NULL,
    id            text   NOT NULL,
    order_id      text   NOT NULL,
    line          int    NOT NULL,
    sku           text   NOT NULL,
    owner         text,
    from_location text   NOT NULL,
    to_location   text   NOT NULL,
    ordered       bigint NOT NULL,
    withdrawn     bigint NOT NULL,
    sent          bigint NOT NULL,
    received      bigint NOT NULL,
    refused       bigint NOT NULL,
    status        text   NOT NULL,
    requested_us  bigint NOT NULL,
    PRIMARY KEY (org, id)
) WITH (fillfactor = 80);
CREATE INDEX internal_transfers_in_order ON tally.internal_transfers (org, requested_us, id);
CREATE INDEX internal_transfers_by_owner ON tally.internal_transfers (org, owner, requested_us, id);
CREATE INDEX internal_transfers_by_order ON tally.internal_transfers (org, order_id);
CREATE INDEX internal_transfers_to_do ON tally.internal_transfers (org, requested_us, id)
 WHERE status IN ('requested', 'sent');
SELECT tally.keep_orgs_apart('tally.internal_transfers');
GRANT SELECT, INSERT, UPDATE (withdrawn, sent, received, refused, status)
   ON tally.internal_transfers TO tally_writer;
GRANT SELECT ON tally.internal_transfers TO tally_query;

CREATE FUNCTION tally.put_internal_transfers(rows jsonb) RETURNS void LANGUAGE sql AS $$
    INSERT INTO tally.internal_transfers
        (org, id, order_id, line, sku, owner, from_location, to_location, ordered, withdrawn, sent,
         received, refused, status, requested_us)
    SELECT n.org, n.id, n.order_id, n.line, n.sku, n.owner, n.from_location, n.to_location,
           n.ordered, n.withdrawn, n.sent, n.received, n.refused, n.status, n.requested_us
      FROM jsonb_populate_recordset(NULL::tally.internal_transfers, rows) n
        ON CONFLICT (org, id) DO UPDATE
       SET withdrawn = excluded.withdrawn, sent = excluded.sent, received = excluded.received,
           refused = excluded.refused, status = excluded.status
$$;
REVOKE ALL ON FUNCTION tally.put_internal_transfers FROM PUBLIC;
GRANT EXECUTE ON FUNCTION tally.put_internal_transfers TO tally_writer;
