-- Read models that revenue is told from: docs/read-models.md, docs/revenue.md. Amounts of money are
-- of the currency's smallest unit, below zero where they are taken back.
--
-- Each line of an invoice, a credit note, and of an invoice that was made void. Of `net`, `unearned`
-- is earned by the second from `from_us` until `until_us`.
CREATE TABLE tally.invoice_lines (
    org         text   NOT NULL,
    sequence    bigint NOT NULL,
    line        int    NOT NULL,
    invoice     text   NOT NULL,
    document    text   NOT NULL,
    number      text   NOT NULL,
    owner       text   NOT NULL,
    place       int    NOT NULL,
    source      text   NOT NULL,
    of          text   NOT NULL,
    text        text   NOT NULL,
    currency    text   NOT NULL,
    amount      bigint NOT NULL,
    discount    bigint NOT NULL,
    net         bigint NOT NULL,
    tax         bigint NOT NULL,
    total       bigint NOT NULL,
    earns       text   NOT NULL,
    unearned    bigint NOT NULL,
    from_us     bigint NOT NULL,
    until_us    bigint NOT NULL,
    recorded_us bigint NOT NULL,
    PRIMARY KEY (org, sequence, line)
);
CREATE INDEX invoice_lines_by_invoice ON tally.invoice_lines (org, invoice, sequence);
CREATE INDEX invoice_lines_by_time ON tally.invoice_lines (org, recorded_us);

-- What became of each lot of bought credits in a month, in the asset's smallest unit.
CREATE TABLE tally.lot_months (
    org      text    NOT NULL,
    owner    text    NOT NULL,
    asset    text    NOT NULL,
    lot      text    NOT NULL,
    month    text    NOT NULL,
    used     numeric NOT NULL,
    expired  numeric NOT NULL,
    returned numeric NOT NULL,
    taken    numeric NOT NULL,
    sequence bigint  NOT NULL,
    PRIMARY KEY (org, owner, asset, lot, month)
);

-- What each payer holds of a plan, and each step of how it came to that.
CREATE TABLE tally.subscriptions (
    org       text   NOT NULL,
    owner     text   NOT NULL,
    status    text,
    number    bigint,
    plan      text,
    version   bigint,
    seats     bigint,
    currency  text,
    price     bigint,
    months    bigint,
    recurring bigint,
    start_us  bigint,
    end_us    bigint,
    paused_us bigint,
    ended_us  bigint,
    sequence  bigint NOT NULL,
    PRIMARY KEY (org, owner)
);
CREATE TABLE tally.subscription_moves (
    org         text   NOT NULL,
    sequence    bigint NOT NULL,
    line        int    NOT NULL,
    owner       text   NOT NULL,
    move        text   NOT NULL,
    status      text,
    number      bigint,
    plan        text,
    version     bigint,
    seats       bigint,
    currency    text,
    price       bigint,
    months      bigint,
    recurring   bigint,
    start_us    bigint,
    end_us      bigint,
    at_us       bigint NOT NULL,
    recorded_us bigint NOT NULL,
    PRIMARY KEY (org, sequence, line)
);
CREATE INDEX subscription_moves_by_time ON tally.subscription_moves (org, recorded_us);

DO $$
DECLARE
    target regclass;
BEGIN
    FOREACH target IN ARRAY ARRAY['tally.invoice_lines', 'tally.lot_months',
                                  'tally.subscriptions', 'tally.subscription_moves']
    LOOP
        PERFORM tally.keep_orgs_apart(target);
        EXECUTE format('GRANT SELECT, INSERT, UPDATE, DELETE ON %s TO tally_writer', target);
        EXECUTE format('GRANT SELECT ON %s TO tally_query', target);
    END LOOP;
END $$;
SELECT tally.store_for_updates('tally.lot_months', 50),
       tally.store_for_updates('tally.subscriptions', 50);
