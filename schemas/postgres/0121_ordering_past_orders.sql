-- Orders of other shop software, as they were there: what its function is given, no more.
CREATE TABLE tally.past_orders (
    org            text   NOT NULL,
    id             text   NOT NULL,
    source         text   NOT NULL,
    owner          text,
    number         text   NOT NULL,
    status         text   NOT NULL,
    payment_status text   NOT NULL,
    total          bigint NOT NULL,
    refunded       bigint NOT NULL,
    currency       text   NOT NULL,
    placed_us      bigint NOT NULL,
    PRIMARY KEY (org, id)
);
CREATE INDEX past_orders_by_owner ON tally.past_orders (org, owner) WHERE owner IS NOT NULL;
SELECT tally.keep_orgs_apart('tally.past_orders');
GRANT SELECT, INSERT ON tally.past_orders TO tally_writer;
GRANT SELECT ON tally.past_orders TO tally_query;

CREATE FUNCTION tally.put_past_orders(rows jsonb) RETURNS void LANGUAGE sql AS $$
    INSERT INTO tally.past_orders
    SELECT n.* FROM jsonb_populate_recordset(NULL::tally.past_orders, rows) n
$$;
REVOKE ALL ON FUNCTION tally.put_past_orders FROM PUBLIC;
GRANT EXECUTE ON FUNCTION tally.put_past_orders TO tally_writer;
