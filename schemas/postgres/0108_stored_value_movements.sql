-- The read model `stored_value_movements`, written by its follower: every change of the balance of a
-- gift card or a store credit, or of what orders have claimed of it, a row each.
CREATE TABLE tally.stored_value_movements (
    org         text   NOT NULL,
    sequence    bigint NOT NULL,
    line        int    NOT NULL,
    source      text   NOT NULL,
    kind        text   NOT NULL,
    currency    text   NOT NULL,
    balance     bigint NOT NULL,
    claimed     bigint NOT NULL,
    order_id    text,
    reason      text,
    recorded_us bigint NOT NULL,
    PRIMARY KEY (org, sequence, line)
);
CREATE INDEX stored_value_movements_by_source
    ON tally.stored_value_movements (org, source, sequence DESC);
SELECT tally.keep_orgs_apart('tally.stored_value_movements');
GRANT SELECT, INSERT, UPDATE, DELETE ON tally.stored_value_movements TO tally_writer;
GRANT SELECT ON tally.stored_value_movements TO tally_query;
