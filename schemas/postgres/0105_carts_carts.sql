-- Carts: rows of who may buy what, and no events. They change all the time, mean nothing until an
-- order is made of them, and go when they have expired. A cart is one row, so that every change of
-- it and every claim is decided by the lock of that row.

-- `lines`: a list of SKU and units; `added`: digests of what was added last; `secret_hash`: of a
-- guest's; `claimed_by`: the order that it is claimed by, or has become.
CREATE TABLE tally.carts (
    org            text    NOT NULL,
    id             text    NOT NULL,
    user_id        text,
    secret_hash    text,
    currency       text    NOT NULL,
    customer_group text,
    price_list     text,
    lines          jsonb   NOT NULL,
    codes          jsonb   NOT NULL,
    added          jsonb   NOT NULL,
    version        bigint  NOT NULL,
    created_us     bigint  NOT NULL,
    changed_us     bigint  NOT NULL,
    expires_us     bigint  NOT NULL,
    claimed_by     text,
    claimed_us     bigint,
    closed         boolean NOT NULL,
    PRIMARY KEY (org, id)
) WITH (fillfactor = 50);
CREATE UNIQUE INDEX carts_active ON tally.carts (org, user_id, currency)
    WHERE user_id IS NOT NULL AND NOT closed;
CREATE INDEX carts_expiring ON tally.carts (expires_us);
SELECT tally.keep_orgs_apart('tally.carts');
GRANT SELECT, INSERT, DELETE,
      UPDATE (lines, codes, added, version, changed_us, expires_us, claimed_by, claimed_us, closed)
   ON tally.carts TO tally_writer;
GRANT SELECT ON tally.carts TO tally_query;
