-- The read model of returns, for people who query them: docs/read-models.md. What is null is not
-- said, by what was looked at so far.
CREATE TABLE tally.order_returns (
    org          text   NOT NULL,
    order_id     text   NOT NULL,
    order_return text   NOT NULL,
    owner        text,
    status       text,
    lines        bigint,
    units        bigint,
    received     bigint,
    damaged      bigint,
    refund       text,
    requested_us bigint,
    received_us  bigint,
    refunded_us  bigint,
    cancelled_us bigint,
    sequence     bigint NOT NULL,
    PRIMARY KEY (org, order_id, order_return)
);
CREATE INDEX order_returns_in_order ON tally.order_returns (org, requested_us, order_return);
SELECT tally.keep_orgs_apart('tally.order_returns');
GRANT SELECT, INSERT, UPDATE, DELETE ON tally.order_returns TO tally_writer;
GRANT SELECT ON tally.order_returns TO tally_query;
SELECT tally.store_for_updates('tally.order_returns', 50);
