-- What units of stock have cost. Nothing is known of those of before.

ALTER TABLE tally.location_books ADD COLUMN cost_currency text;
GRANT UPDATE (cost_currency) ON tally.location_books TO tally_writer;

CREATE OR REPLACE FUNCTION tally.put_location_books(rows jsonb) RETURNS void LANGUAGE sql AS $$
    INSERT INTO tally.location_books (org, locations, cost_currency)
    SELECT n.org, n.locations, n.cost_currency
      FROM jsonb_populate_recordset(NULL::tally.location_books, rows) n
        ON CONFLICT (org) DO UPDATE
       SET locations = excluded.locations, cost_currency = excluded.cost_currency
$$;

ALTER TABLE tally.stock_levels
    ADD COLUMN cost_currency text,
    ADD COLUMN value bigint NOT NULL DEFAULT 0,
    ADD COLUMN paid  bigint NOT NULL DEFAULT 0,
    ADD COLUMN units bigint NOT NULL DEFAULT 0;
GRANT UPDATE (cost_currency, value, paid, units) ON tally.stock_levels TO tally_writer;

CREATE OR REPLACE FUNCTION tally.put_stock_levels(rows jsonb) RETURNS void LANGUAGE sql AS $$
    INSERT INTO tally.stock_levels
           (org, location, sku, on_hand, reserved, damaged, allows_oversell, cost_currency, value,
            paid, units, version)
    SELECT n.org, n.location, n.sku, n.on_hand, n.reserved, n.damaged, n.allows_oversell,
           n.cost_currency, n.value, n.paid, n.units, n.version
      FROM jsonb_populate_recordset(NULL::tally.stock_levels, rows) n
        ON CONFLICT (org, location, sku) DO UPDATE
       SET on_hand = excluded.on_hand, reserved = excluded.reserved, damaged = excluded.damaged,
           allows_oversell = excluded.allows_oversell, cost_currency = excluded.cost_currency,
           value = excluded.value, paid = excluded.paid, units = excluded.units,
           version = excluded.version
$$;

ALTER TABLE tally.stock_reservations ADD COLUMN cost bigint NOT NULL DEFAULT 0;
GRANT UPDATE (cost) ON tally.stock_reservations TO tally_writer;

CREATE OR REPLACE FUNCTION tally.put_stock_reservations(rows jsonb) RETURNS void LANGUAGE sql AS $$
    INSERT INTO tally.stock_reservations AS r
           (org, reservation, location, sku, owner, ends_us, reserved, shipped, released, expired,
            returned, cost, sequence)
    SELECT n.org, n.reservation, n.location, n.sku, min(n.owner),
           (array_agg(n.ends_us ORDER BY n.sequence DESC))[1],
           sum(n.reserved), sum(n.shipped), sum(n.released), sum(n.expired), sum(n.returned),
           sum(n.cost), max(n.sequence)
      FROM jsonb_populate_recordset(NULL::tally.stock_reservations, rows) n
     GROUP BY n.org, n.reservation, n.location, n.sku
        ON CONFLICT (org, reservation, location, sku) DO UPDATE
       SET ends_us = excluded.ends_us, reserved = r.reserved + excluded.reserved,
           shipped = r.shipped + excluded.shipped, released = r.released + excluded.released,
           expired = r.expired + excluded.expired, returned = r.returned + excluded.returned,
           cost = r.cost + excluded.cost, sequence = excluded.sequence
$$;

ALTER TABLE tally.stock_movements
    ADD COLUMN currency text,
    ADD COLUMN value bigint NOT NULL DEFAULT 0,
    ADD COLUMN cost  bigint NOT NULL DEFAULT 0;
