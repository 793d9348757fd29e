-- The read model of disputes of orders, for people who query them: docs/read-models.md. What is null is
-- not said, by what was looked at so far.
CREATE TABLE tally.order_disputes (
    org               text   NOT NULL,
    order_id          text   NOT NULL,
    dispute           text   NOT NULL,
    payment           text,
    amount            bigint,
    currency          text,
    reason            text,
    status            text,
    opened_us         bigint,
    evidence_due_us   bigint,
    evidence_us       bigint,
    evidence_taken_us bigint,
    ended_us          bigint,
    sequence          bigint NOT NULL,
    PRIMARY KEY (org, order_id, dispute)
);
CREATE INDEX order_disputes_in_order ON tally.order_disputes
    (org, (coalesce(opened_us, ended_us)), dispute);
SELECT tally.keep_orgs_apart('tally.order_disputes');
GRANT SELECT, INSERT, UPDATE, DELETE ON tally.order_disputes TO tally_writer;
GRANT SELECT ON tally.order_disputes TO tally_query;
SELECT tally.store_for_updates('tally.order_disputes', 50);
