-- Every movement of money at providers of payments, a row each: what reconciliation compares with
-- their own books, by their ids and by time. `amount` is below zero for what went out.
CREATE TABLE tally.movements (
    org      text   NOT NULL,
    sequence bigint NOT NULL,
    line     int    NOT NULL,
    purchase text   NOT NULL,
    provider text   NOT NULL,
    movement text   NOT NULL,
    of       text   NOT NULL,
    amount   bigint NOT NULL,
    currency text   NOT NULL,
    moved_us bigint NOT NULL,
    PRIMARY KEY (org, sequence, line)
);
CREATE INDEX movements_of ON tally.movements (provider, of);
CREATE INDEX movements_by_time ON tally.movements (provider, moved_us);
SELECT tally.keep_orgs_apart('tally.movements');
GRANT SELECT, INSERT, UPDATE, DELETE ON tally.movements TO tally_writer;
GRANT SELECT ON tally.movements TO tally_query;
