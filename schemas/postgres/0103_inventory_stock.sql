-- Where stock is, how much of it, and what became of reservations.

-- What `tally.put_location_books` is given, no more.
CREATE TABLE tally.location_books (
    org       text  NOT NULL PRIMARY KEY,
    locations jsonb NOT NULL
);
SELECT tally.keep_orgs_apart('tally.location_books');
GRANT SELECT, INSERT, UPDATE (locations) ON tally.location_books TO tally_writer;
GRANT SELECT ON tally.location_books TO tally_query;

CREATE FUNCTION tally.put_location_books(rows jsonb) RETURNS void LANGUAGE sql AS $$
    INSERT INTO tally.location_books (org, locations)
    SELECT n.org, n.locations FROM jsonb_populate_recordset(NULL::tally.location_books, rows) n
        ON CONFLICT (org) DO UPDATE SET locations = excluded.locations
$$;

-- Units of a SKU at a location, as `tally.put_stock_levels` is given them. With the reservations
-- that are open there it is all that the stock remembers, so it is read in place of its events.
CREATE TABLE tally.stock_levels (
    org             text    NOT NULL,
    location        text    NOT NULL,
    sku             text    NOT NULL,
    on_hand         bigint  NOT NULL,
    reserved        bigint  NOT NULL,
    damaged         bigint  NOT NULL,
    allows_oversell boolean NOT NULL,
    version         bigint  NOT NULL,
    PRIMARY KEY (org, location, sku)
) WITH (fillfactor = 50);
CREATE INDEX stock_levels_by_sku ON tally.stock_levels (org, sku, location);
SELECT tally.keep_orgs_apart('tally.stock_levels');
GRANT SELECT, INSERT, UPDATE (on_hand, reserved, damaged, allows_oversell, version)
    ON tally.stock_levels TO tally_writer;
GRANT SELECT ON tally.stock_levels TO tally_query;

CREATE FUNCTION tally.put_stock_levels(rows jsonb) RETURNS void LANGUAGE sql AS $$
    INSERT INTO tally.stock_levels
           (org, location, sku, on_hand, reserved, damaged, allows_oversell, version)
    SELECT n.org, n.location, n.sku, n.on_hand, n.reserved, n.damaged, n.allows_oversell, n.version
      FROM jsonb_populate_recordset(NULL::tally.stock_levels, rows) n
        ON CONFLICT (org, location, sku) DO UPDATE
       SET on_hand = excluded.on_hand, reserved = excluded.reserved, damaged = excluded.damaged,
           allows_oversell = excluded.allows_oversell, version = excluded.version
$$;

-- What became of what each reservation had of a SKU at a location: what facts add, each what it
-- adds itself; whose it is and when it ends are as the last of them says.
CREATE TABLE tally.stock_reservations (
    org         text   NOT NULL,
    reservation text   NOT NULL,
    location    text   NOT NULL,
    sku         text   NOT NULL,
    owner       text   NOT NULL,
    ends_us     bigint NOT NULL,
    reserved    bigint NOT NULL,
    shipped     bigint NOT NULL,
    released    bigint NOT NULL,
    expired     bigint NOT NULL,
    returned    bigint NOT NULL,
    sequence    bigint NOT NULL,
    PRIMARY KEY (org, reservation, location, sku)
) WITH (fillfactor = 80);
CREATE INDEX stock_reservations_open ON tally.stock_reservations (org, location, sku)
 WHERE reserved > 0;
SELECT tally.keep_orgs_apart('tally.stock_reservations');
GRANT SELECT, INSERT,
      UPDATE (ends_us, reserved, shipped, released, expired, returned, sequence)
    ON tally.stock_reservations TO tally_writer;
GRANT SELECT ON tally.stock_reservations TO tally_query;

CREATE FUNCTION tally.put_stock_reservations(rows jsonb) RETURNS void LANGUAGE sql AS $$
    INSERT INTO tally.stock_reservations AS r
           (org, reservation, location, sku, owner, ends_us, reserved, shipped, released, expired,
            returned, sequence)
    SELECT n.org, n.reservation, n.location, n.sku, min(n.owner),
           (array_agg(n.ends_us ORDER BY n.sequence DESC))[1],
           sum(n.reserved), sum(n.shipped), sum(n.released), sum(n.expired), sum(n.returned),
           max(n.sequence)
      FROM jsonb_populate_recordset(NULL::tally.stock_reservations, rows) n
     GROUP BY n.org, n.reservation, n.location, n.sku
        ON CONFLICT (org, reservation, location, sku) DO UPDATE
       SET ends_us = excluded.ends_us, reserved = r.reserved + excluded.reserved,
           shipped = r.shipped + excluded.shipped, released = r.released + excluded.released,
           expired = r.expired + excluded.expired, returned = r.returned + excluded.returned,
           sequence = excluded.sequence
$$;

REVOKE ALL ON FUNCTION
    tally.put_location_books, tally.put_stock_levels, tally.put_stock_reservations FROM PUBLIC;
GRANT EXECUTE ON FUNCTION
    tally.put_location_books, tally.put_stock_levels, tally.put_stock_reservations TO tally_writer;
