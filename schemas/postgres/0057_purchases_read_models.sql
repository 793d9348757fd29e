-- Read models of purchases, for people who query them: docs/read-models.md. What is null is not said,
-- by what was looked at so far; amounts are of the currency's smallest unit, credits microcredits.
CREATE TABLE tally.purchases (
    org         text    NOT NULL,
    purchase    text    NOT NULL,
    owner       text,
    provider    text,
    amount      bigint,
    currency    text,
    credits     bigint,
    bonus       bigint,
    begun_by    text,
    status      text,
    session     text,
    payment     text,
    lot         text,
    code        text,
    review      text,
    started_us  bigint,
    paid_us     bigint,
    sequence    bigint  NOT NULL,
    PRIMARY KEY (org, purchase)
);
CREATE INDEX purchases_by_owner ON tally.purchases (org, owner, started_us);
CREATE TABLE tally.refunds (
    org      text    NOT NULL,
    purchase text    NOT NULL,
    refund   text    NOT NULL,
    amount   bigint,
    currency text,
    credits  bigint,
    origin   text,
    status   text,
    number   text,
    code     text,
    asked_us bigint,
    ended_us bigint,
    sequence bigint  NOT NULL,
    PRIMARY KEY (org, purchase, refund)
);
CREATE TABLE tally.disputes (
    org             text   NOT NULL,
    purchase        text   NOT NULL,
    dispute         text   NOT NULL,
    owner           text,
    amount          bigint,
    currency        text,
    credits         bigint,
    reason          text,
    status          text,
    opened_us       bigint,
    evidence_due_us bigint,
    evidence_us     bigint,
    ended_us        bigint,
    sequence        bigint NOT NULL,
    PRIMARY KEY (org, purchase, dispute)
);
CREATE TABLE tally.recharges (
    org          text   NOT NULL,
    purchase     text   NOT NULL,
    owner        text,
    amount       bigint,
    currency     text,
    month        text,
    in_month     bigint,
    status       text,
    triggered_us bigint,
    ended_us     bigint,
    retry_us     bigint,
    sequence     bigint NOT NULL,
    PRIMARY KEY (org, purchase)
);
CREATE INDEX recharges_by_owner ON tally.recharges (org, owner, triggered_us);

DO $$
DECLARE
    target regclass;
BEGIN
    FOREACH target IN ARRAY ARRAY['tally.purchases', 'tally.refunds', 'tally.disputes',
                                  'tally.recharges']
    LOOP
        PERFORM tally.keep_orgs_apart(target);
        EXECUTE format('GRANT SELECT, INSERT, UPDATE, DELETE ON %s TO tally_writer', target);
        EXECUTE format('GRANT SELECT ON %s TO tally_query', target);
    END LOOP;
END $$;
SELECT tally.store_for_updates('tally.purchases', 50),
       tally.store_for_updates('tally.refunds', 50),
       tally.store_for_updates('tally.disputes', 50),
       tally.store_for_updates('tally.recharges', 50);
