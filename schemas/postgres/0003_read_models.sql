-- Read models: copies made for reading, each with the position it has applied. Any can be deleted
-- and rebuilt.

-- `planned` is the end of a range that is being written outside this database: it is persisted
-- first, so that a crash repeats exactly that range.
CREATE TABLE tally.projections (
    name     text   PRIMARY KEY,
    position bigint NOT NULL,
    planned  bigint
);

-- The last sequence of each org that a projection has applied: what a list answers as
-- as_of_sequence.
CREATE TABLE tally.projection_heads (
    org      text   NOT NULL,
    name     text   NOT NULL,
    sequence bigint NOT NULL,
    PRIMARY KEY (org, name)
) WITH (fillfactor = 50);
SELECT tally.keep_orgs_apart('tally.projection_heads');

-- One row a transaction; `detail` is the transaction as ledger/credits/transactions.py makes it.
CREATE TABLE tally.transactions (
    org           text   NOT NULL,
    sequence      bigint NOT NULL,
    line          int    NOT NULL,
    owner         text   NOT NULL,
    user_id       text   NOT NULL,
    asset         text   NOT NULL,
    category      text   NOT NULL,
    amount        bigint NOT NULL,
    balance_after bigint NOT NULL,
    occurred_us   bigint NOT NULL,
    recorded_us   bigint NOT NULL,
    hash          bytea  NOT NULL,
    detail        text   NOT NULL,
    PRIMARY KEY (org, sequence, line)
);
CREATE INDEX transactions_by_owner ON tally.transactions (org, owner, sequence, line);
CREATE INDEX transactions_by_user ON tally.transactions (org, user_id, sequence, line)
    WHERE user_id <> owner;
SELECT tally.keep_orgs_apart('tally.transactions');

GRANT SELECT, INSERT, UPDATE, DELETE ON
    tally.projections, tally.projection_heads, tally.transactions TO tally_writer;
GRANT SELECT ON tally.projections, tally.projection_heads, tally.transactions TO tally_query;
