-- The catalogue as it is now: what the `tally.put_` functions below are given, no more.
CREATE TABLE tally.catalogue_item_types (
    org       text  NOT NULL,
    id        text  NOT NULL,
    published jsonb NOT NULL,
    PRIMARY KEY (org, id)
);
CREATE TABLE tally.catalogue_categories (
    org      text    NOT NULL,
    id       text    NOT NULL,
    parent   text,
    archived boolean NOT NULL,
    texts    jsonb   NOT NULL,
    PRIMARY KEY (org, id)
);
CREATE INDEX catalogue_categories_by_parent ON tally.catalogue_categories (org, parent);
-- `variants`: the SKUs that are offered, each with its place among them.
CREATE TABLE tally.catalogue_items (
    org          text   NOT NULL,
    id           text   NOT NULL,
    slug         text   NOT NULL,
    type         text   NOT NULL,
    type_version bigint NOT NULL,
    kind         text   NOT NULL,
    state        text   NOT NULL,
    details      jsonb  NOT NULL,
    options      jsonb  NOT NULL,
    variants     jsonb  NOT NULL,
    PRIMARY KEY (org, id),
    UNIQUE (org, slug)
);
-- Every SKU that was ever given to an item: a row each, found by its name.
CREATE TABLE tally.catalogue_skus (
    org          text    NOT NULL,
    sku          text    NOT NULL,
    item         text    NOT NULL,
    kind         text    NOT NULL,
    tax_category text    NOT NULL,
    oversell     boolean NOT NULL,
    offered      boolean NOT NULL,
    published    boolean NOT NULL,
    variant      jsonb   NOT NULL,
    PRIMARY KEY (org, sku)
);
CREATE INDEX catalogue_skus_by_item ON tally.catalogue_skus (org, item);

DO $$
DECLARE
    target regclass;
BEGIN
    FOREACH target IN ARRAY ARRAY['tally.catalogue_item_types', 'tally.catalogue_categories',
                                  'tally.catalogue_items', 'tally.catalogue_skus']
    LOOP
        PERFORM tally.keep_orgs_apart(target);
    END LOOP;
END $$;
GRANT SELECT, INSERT, UPDATE (published) ON tally.catalogue_item_types TO tally_writer;
GRANT SELECT, INSERT, UPDATE (parent, archived, texts) ON tally.catalogue_categories TO tally_writer;
GRANT SELECT, INSERT, UPDATE (type_version, state, details, options, variants)
   ON tally.catalogue_items TO tally_writer;
GRANT SELECT, INSERT, UPDATE (tax_category, oversell, offered, published, variant)
   ON tally.catalogue_skus TO tally_writer;
GRANT SELECT ON tally.catalogue_item_types, tally.catalogue_categories, tally.catalogue_items,
                tally.catalogue_skus TO tally_query;

CREATE FUNCTION tally.put_catalogue_item_types(rows jsonb) RETURNS void LANGUAGE sql AS $$
    INSERT INTO tally.catalogue_item_types
    SELECT n.* FROM jsonb_populate_recordset(NULL::tally.catalogue_item_types, rows) n
        ON CONFLICT (org, id) DO UPDATE SET published = excluded.published
$$;
CREATE FUNCTION tally.put_catalogue_categories(rows jsonb) RETURNS void LANGUAGE sql AS $$
    INSERT INTO tally.catalogue_categories
    SELECT n.* FROM jsonb_populate_recordset(NULL::tally.catalogue_categories, rows) n
        ON CONFLICT (org, id) DO UPDATE
       SET parent = excluded.parent, archived = excluded.archived, texts = excluded.texts
$$;
CREATE FUNCTION tally.put_catalogue_items(rows jsonb) RETURNS void LANGUAGE sql AS $$
    INSERT INTO tally.catalogue_items
    SELECT n.* FROM jsonb_populate_recordset(NULL::tally.catalogue_items, rows) n
        ON CONFLICT (org, id) DO UPDATE
       SET type_version = excluded.type_version, state = excluded.state, details = excluded.details,
           options = excluded.options, variants = excluded.variants
$$;
CREATE FUNCTION tally.put_catalogue_skus(rows jsonb) RETURNS void LANGUAGE sql AS $$
    INSERT INTO tally.catalogue_skus
    SELECT n.* FROM jsonb_populate_recordset(NULL::tally.catalogue_skus, rows) n
        ON CONFLICT (org, sku) DO UPDATE
       SET tax_category = excluded.tax_category, oversell = excluded.oversell,
           offered = excluded.offered, published = excluded.published, variant = excluded.variant
$$;
REVOKE ALL ON FUNCTION tally.put_catalogue_item_types, tally.put_catalogue_categories,
                       tally.put_catalogue_items, tally.put_catalogue_skus FROM PUBLIC;
GRANT EXECUTE ON FUNCTION tally.put_catalogue_item_types, tally.put_catalogue_categories,
                          tally.put_catalogue_items, tally.put_catalogue_skus TO tally_writer;
