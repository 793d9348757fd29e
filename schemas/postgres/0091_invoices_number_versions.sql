-- Number books and coupons are read from their rows, not replayed: a row keeps all that is
-- remembered, and after how many events.
ALTER TABLE tally.events NO FORCE ROW LEVEL SECURITY;
ALTER TABLE tally.number_books NO FORCE ROW LEVEL SECURITY;
ALTER TABLE tally.coupon_books NO FORCE ROW LEVEL SECURITY;

ALTER TABLE tally.number_books ADD COLUMN version bigint;
UPDATE tally.number_books b
   SET version = (SELECT max(e.version) FROM tally.events e
                   WHERE e.org = b.org AND e.stream = 'numbers/' || b.series);
ALTER TABLE tally.number_books ALTER COLUMN version SET NOT NULL;
GRANT UPDATE (version) ON tally.number_books TO tally_writer;

CREATE OR REPLACE FUNCTION tally.put_number_books(rows jsonb) RETURNS void LANGUAGE sql AS $$
    INSERT INTO tally.number_books (org, series, number, year, version)
    SELECT n.org, n.series, n.number, n.year, n.version
      FROM jsonb_populate_recordset(NULL::tally.number_books, rows) n
        ON CONFLICT (org, series) DO UPDATE
       SET number = excluded.number, year = excluded.year, version = excluded.version
$$;

ALTER TABLE tally.coupon_books ADD COLUMN given_back bigint, ADD COLUMN version bigint;
UPDATE tally.coupon_books b
   SET (given_back, version) =
       (SELECT count(*) FILTER (WHERE e.type = 'subscriptions.RedemptionGivenBack'), max(e.version)
          FROM tally.events e WHERE e.org = b.org AND e.stream = 'coupon/' || b.id);
ALTER TABLE tally.coupon_books ALTER COLUMN given_back SET NOT NULL,
    ALTER COLUMN version SET NOT NULL;
GRANT UPDATE (given_back, version) ON tally.coupon_books TO tally_writer;

CREATE OR REPLACE FUNCTION tally.put_coupon_books(rows jsonb) RETURNS void LANGUAGE sql AS $$
    INSERT INTO tally.coupon_books (org, id, published, redeemed, given_back, version)
    SELECT n.org, n.id, n.published, n.redeemed, n.given_back, n.version
      FROM jsonb_populate_recordset(NULL::tally.coupon_books, rows) n
        ON CONFLICT (org, id) DO UPDATE
       SET published = excluded.published, redeemed = excluded.redeemed,
           given_back = excluded.given_back, version = excluded.version
$$;

ALTER TABLE tally.events FORCE ROW LEVEL SECURITY;
ALTER TABLE tally.number_books FORCE ROW LEVEL SECURITY;
ALTER TABLE tally.coupon_books FORCE ROW LEVEL SECURITY;
