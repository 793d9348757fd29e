-- By which methods an org sends orders: what the function below is given, no more.
CREATE TABLE tally.shipping_methods (
    org     text  PRIMARY KEY,
    methods jsonb NOT NULL
);
SELECT tally.keep_orgs_apart('tally.shipping_methods');
GRANT SELECT, INSERT, UPDATE (methods) ON tally.shipping_methods TO tally_writer;
GRANT SELECT ON tally.shipping_methods TO tally_query;

CREATE FUNCTION tally.put_shipping_methods(rows jsonb) RETURNS void LANGUAGE sql AS $$
    INSERT INTO tally.shipping_methods (org, methods)
    SELECT n.org, n.methods FROM jsonb_populate_recordset(NULL::tally.shipping_methods, rows) n
        ON CONFLICT (org) DO UPDATE SET methods = excluded.methods
$$;
REVOKE ALL ON FUNCTION tally.put_shipping_methods FROM PUBLIC;
GRANT EXECUTE ON FUNCTION tally.put_shipping_methods TO tally_writer;
