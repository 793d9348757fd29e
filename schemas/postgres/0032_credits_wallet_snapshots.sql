-- The read model `wallet_snapshots`: each wallet as it was after every so many events, so that what
-- it was at any moment is found by folding few (ledger/credits/wallet_snapshot.py). `state` is all
-- that it remembers, as its balances row has it; `totals` what its transactions add up to until then.
CREATE TABLE tally.wallet_snapshots (
    org         text   NOT NULL,
    owner       text   NOT NULL,
    asset       text   NOT NULL,
    version     bigint NOT NULL,
    sequence    bigint NOT NULL,
    recorded_us bigint NOT NULL,
    totals      text   NOT NULL,
    state       text   NOT NULL,
    PRIMARY KEY (org, owner, asset, version)
);
-- The last one before a sequence, or before a time: looked for in the index alone.
CREATE INDEX wallet_snapshots_by_sequence
    ON tally.wallet_snapshots (org, owner, asset, sequence) INCLUDE (recorded_us);
SELECT tally.keep_orgs_apart('tally.wallet_snapshots'),
       tally.store_for_inserts('tally.wallet_snapshots');
GRANT SELECT, INSERT ON tally.wallet_snapshots TO tally_writer;
GRANT UPDATE (sequence, recorded_us, totals, state) ON tally.wallet_snapshots TO tally_writer;
GRANT SELECT ON tally.wallet_snapshots TO tally_query;

-- The transactions of credit that was granted for later, or taken back before it took effect: few,
-- and all that a statement needs to say what of a balance is pending.
CREATE INDEX transactions_scheduled ON tally.transactions (org, owner, asset, sequence)
    WHERE category IN ('grant', 'adjustment', 'reversal') AND detail ~ '"effective_us":[0-9]';
