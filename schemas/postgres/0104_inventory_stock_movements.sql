-- The read model `stock_movements`, written by its follower: every change of a level, a row each.
CREATE TABLE tally.stock_movements (
    org         text   NOT NULL,
    sequence    bigint NOT NULL,
    line        int    NOT NULL,
    location    text   NOT NULL,
    sku         text   NOT NULL,
    kind        text   NOT NULL,
    on_hand     bigint NOT NULL,
    reserved    bigint NOT NULL,
    damaged     bigint NOT NULL,
    reservation text,
    owner       text,
    other       text,
    reference   text,
    reason      text,
    recorded_us bigint NOT NULL,
    PRIMARY KEY (org, sequence, line)
);
CREATE INDEX stock_movements_by_sku ON tally.stock_movements (org, sku, sequence DESC);
CREATE INDEX stock_movements_by_location ON tally.stock_movements (org, location, sequence DESC);
CREATE INDEX stock_movements_by_owner ON tally.stock_movements (org, owner, sequence DESC)
 WHERE owner IS NOT NULL;
SELECT tally.keep_orgs_apart('tally.stock_movements');
GRANT SELECT, INSERT, UPDATE, DELETE ON tally.stock_movements TO tally_writer;
GRANT SELECT ON tally.stock_movements TO tally_query;
