-- The base prices of SKUs and of catalogue items as they are published, an org's modifiers of them,
-- and how what is taken off an order stacks: what the functions below are given, no more.
CREATE TABLE tally.sku_prices (
    org       text   NOT NULL,
    id        text   NOT NULL,
    published jsonb  NOT NULL,
    version   bigint NOT NULL,
    PRIMARY KEY (org, id)
);
SELECT tally.keep_orgs_apart('tally.sku_prices');
GRANT SELECT, INSERT, UPDATE (published, version) ON tally.sku_prices TO tally_writer;
GRANT SELECT ON tally.sku_prices TO tally_query;

CREATE FUNCTION tally.put_sku_prices(rows jsonb) RETURNS void LANGUAGE sql AS $$
    INSERT INTO tally.sku_prices (org, id, published, version)
    SELECT n.org, n.id, n.published, n.version
      FROM jsonb_populate_recordset(NULL::tally.sku_prices, rows) n
        ON CONFLICT (org, id) DO UPDATE
       SET published = excluded.published, version = excluded.version
$$;
REVOKE ALL ON FUNCTION tally.put_sku_prices FROM PUBLIC;
GRANT EXECUTE ON FUNCTION tally.put_sku_prices TO tally_writer;

CREATE TABLE tally.price_modifiers (
    org       text  PRIMARY KEY,
    modifiers jsonb NOT NULL
);
SELECT tally.keep_orgs_apart('tally.price_modifiers');
GRANT SELECT, INSERT, UPDATE (modifiers) ON tally.price_modifiers TO tally_writer;
GRANT SELECT ON tally.price_modifiers TO tally_query;

CREATE FUNCTION tally.put_price_modifiers(rows jsonb) RETURNS void LANGUAGE sql AS $$
    INSERT INTO tally.price_modifiers (org, modifiers)
    SELECT n.org, n.modifiers FROM jsonb_populate_recordset(NULL::tally.price_modifiers, rows) n
        ON CONFLICT (org) DO UPDATE SET modifiers = excluded.modifiers
$$;
REVOKE ALL ON FUNCTION tally.put_price_modifiers FROM PUBLIC;
GRANT EXECUTE ON FUNCTION tally.put_price_modifiers TO tally_writer;

CREATE TABLE tally.pricing_policies (
    org      text PRIMARY KEY,
    stacking text NOT NULL
);
SELECT tally.keep_orgs_apart('tally.pricing_policies');
GRANT SELECT, INSERT, UPDATE (stacking) ON tally.pricing_policies TO tally_writer;
GRANT SELECT ON tally.pricing_policies TO tally_query;

CREATE FUNCTION tally.put_pricing_policies(rows jsonb) RETURNS void LANGUAGE sql AS $$
    INSERT INTO tally.pricing_policies (org, stacking)
    SELECT n.org, n.stacking FROM jsonb_populate_recordset(NULL::tally.pricing_policies, rows) n
        ON CONFLICT (org) DO UPDATE SET stacking = excluded.stacking
$$;
REVOKE ALL ON FUNCTION tally.put_pricing_policies FROM PUBLIC;
GRANT EXECUTE ON FUNCTION tally.put_pricing_policies TO tally_writer;
