-- Read models of orders, for people who query them: docs/read-models.md. What is null is not said, by
-- what was looked at so far; amounts are of the currency's smallest unit.
CREATE TABLE tally.orders (
    org            text   NOT NULL,
    order_id       text   NOT NULL,
    owner          text,
    number         text,
    status         text,
    payment_status text,
    provider       text,
    currency       text,
    subtotal       bigint,
    discount       bigint,
    total          bigint,
    lines          bigint,
    cart           text,
    code           text,
    placed_us      bigint,
    paid_us        bigint,
    confirmed_us   bigint,
    ended_us       bigint,
    sequence       bigint NOT NULL,
    PRIMARY KEY (org, order_id)
);
CREATE INDEX orders_in_order ON tally.orders (org, placed_us, order_id);
CREATE INDEX orders_by_owner ON tally.orders (org, owner, placed_us);
SELECT tally.keep_orgs_apart('tally.orders');
GRANT SELECT, INSERT, UPDATE, DELETE ON tally.orders TO tally_writer;
GRANT SELECT ON tally.orders TO tally_query;
SELECT tally.store_for_updates('tally.orders', 50);

-- A row each line of each order, as it was placed.
CREATE TABLE tally.order_lines (
    org           text   NOT NULL,
    sequence      bigint NOT NULL,
    line          int    NOT NULL,
    order_id      text   NOT NULL,
    line_id       int    NOT NULL,
    sku           text   NOT NULL,
    item          text,
    item_type     text,
    units         bigint NOT NULL,
    unit_price    bigint NOT NULL,
    price_version bigint NOT NULL,
    subtotal      bigint NOT NULL,
    discount      bigint NOT NULL,
    total         bigint NOT NULL,
    currency      text   NOT NULL,
    owner         text,
    recorded_us   bigint NOT NULL,
    PRIMARY KEY (org, sequence, line)
);
CREATE INDEX order_lines_of_order ON tally.order_lines (org, order_id);
CREATE INDEX order_lines_by_sku ON tally.order_lines (org, sku, sequence DESC);
SELECT tally.keep_orgs_apart('tally.order_lines');
GRANT SELECT, INSERT, UPDATE, DELETE ON tally.order_lines TO tally_writer;
GRANT SELECT ON tally.order_lines TO tally_query;
