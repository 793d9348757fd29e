-- When the money of orders of the org is taken: what `tally.put_order_policies` is given, no more.
CREATE TABLE tally.order_policies (
    org     text PRIMARY KEY,
    capture text NOT NULL
);
SELECT tally.keep_orgs_apart('tally.order_policies');
GRANT SELECT, INSERT, UPDATE (capture) ON tally.order_policies TO tally_writer;
GRANT SELECT ON tally.order_policies TO tally_query;

CREATE FUNCTION tally.put_order_policies(rows jsonb) RETURNS void LANGUAGE sql AS $$
    INSERT INTO tally.order_policies (org, capture)
    SELECT n.org, n.capture FROM jsonb_populate_recordset(NULL::tally.order_policies, rows) n
        ON CONFLICT (org) DO UPDATE SET capture = excluded.capture
$$;
REVOKE ALL ON FUNCTION tally.put_order_policies FROM PUBLIC;
GRANT EXECUTE ON FUNCTION tally.put_order_policies TO tally_writer;
