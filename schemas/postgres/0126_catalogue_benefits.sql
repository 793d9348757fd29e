-- What SKUs give that is no parcel: what the function below is given, no more.
CREATE TABLE tally.sku_benefits (
    org     text  NOT NULL,
    sku     text  NOT NULL,
    benefit jsonb NOT NULL,
    PRIMARY KEY (org, sku)
);
SELECT tally.keep_orgs_apart('tally.sku_benefits');
GRANT SELECT, INSERT, UPDATE (benefit) ON tally.sku_benefits TO tally_writer;
GRANT SELECT ON tally.sku_benefits TO tally_query;

CREATE FUNCTION tally.put_sku_benefits(rows jsonb) RETURNS void LANGUAGE sql AS $$
    INSERT INTO tally.sku_benefits (org, sku, benefit)
    SELECT n.org, n.sku, n.benefit FROM jsonb_populate_recordset(NULL::tally.sku_benefits, rows) n
        ON CONFLICT (org, sku) DO UPDATE SET benefit = excluded.benefit
$$;
REVOKE ALL ON FUNCTION tally.put_sku_benefits FROM PUBLIC;
GRANT EXECUTE ON FUNCTION tally.put_sku_benefits TO tally_writer;
