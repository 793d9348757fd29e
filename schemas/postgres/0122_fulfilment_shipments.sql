-- The read model of shipments, for people who query them: docs/read-models.md. What is null is not
-- said, by what was looked at so far.
CREATE TABLE tally.shipments (
    org             text   NOT NULL,
    order_id        text   NOT NULL,
    shipment        text   NOT NULL,
    owner           text,
    status          text,
    location        text,
    carrier         text,
    tracking_number text,
    tracking_url    text,
    lines           bigint,
    units           bigint,
    created_us      bigint,
    shipped_us      bigint,
    delivered_us    bigint,
    cancelled_us    bigint,
    sequence        bigint NOT NULL,
    PRIMARY KEY (org, order_id, shipment)
);
CREATE INDEX shipments_in_order ON tally.shipments (org, created_us, shipment);
CREATE INDEX shipments_to_send ON tally.shipments (org, created_us, shipment) WHERE status = 'created';
SELECT tally.keep_orgs_apart('tally.shipments');
GRANT SELECT, INSERT, UPDATE, DELETE ON tally.shipments TO tally_writer;
GRANT SELECT ON tally.shipments TO tally_query;
SELECT tally.store_for_updates('tally.shipments', 50);
