-- What lines of orders have given that is no parcel: what the function below is given, no more.
CREATE TABLE tally.order_grants (
    org        text   NOT NULL,
    id         text   NOT NULL,
    order_id   text   NOT NULL,
    line       int    NOT NULL,
    sku        text   NOT NULL,
    owner      text,
    kind       text   NOT NULL,
    state      text   NOT NULL,
    benefit    jsonb  NOT NULL,
    units      bigint NOT NULL,
    used       bigint NOT NULL,
    taken      bigint NOT NULL,
    given_us   bigint NOT NULL,
    ends_us    bigint,
    PRIMARY KEY (org, id)
) WITH (fillfactor = 80);
CREATE INDEX order_grants_by_owner ON tally.order_grants (org, owner, given_us, id);
CREATE INDEX order_grants_by_order ON tally.order_grants (org, order_id);
CREATE INDEX order_grants_by_time ON tally.order_grants (org, given_us, id);
SELECT tally.keep_orgs_apart('tally.order_grants');
GRANT SELECT, INSERT, UPDATE (state, used, taken) ON tally.order_grants TO tally_writer;
GRANT SELECT ON tally.order_grants TO tally_query;

CREATE FUNCTION tally.put_order_grants(rows jsonb) RETURNS void LANGUAGE sql AS $$
    INSERT INTO tally.order_grants
        (org, id, order_id, line, sku, owner, kind, state, benefit, units, used, taken, given_us,
         ends_us)
    SELECT n.org, n.id, n.order_id, n.line, n.sku, n.owner, n.kind, n.state, n.benefit, n.units,
           n.used, n.taken, n.given_us, n.ends_us
      FROM jsonb_populate_recordset(NULL::tally.order_grants, rows) n
        ON CONFLICT (org, id) DO UPDATE
       SET state = excluded.state, used = excluded.used, taken = excluded.taken
$$;
REVOKE ALL ON FUNCTION tally.put_order_grants FROM PUBLIC;
GRANT EXECUTE ON FUNCTION tally.put_order_grants TO tally_writer;
