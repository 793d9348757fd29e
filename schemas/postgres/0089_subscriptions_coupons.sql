-- Coupons of an org as they are published, and how often each is redeemed: what
-- `tally.put_coupon_books` is given, no more.
CREATE TABLE tally.coupon_books (
    org       text   NOT NULL,
    id        text   NOT NULL,
    published jsonb  NOT NULL,
    redeemed  bigint NOT NULL,
    PRIMARY KEY (org, id)
);
SELECT tally.keep_orgs_apart('tally.coupon_books');
GRANT SELECT, INSERT, UPDATE (published, redeemed) ON tally.coupon_books TO tally_writer;
GRANT SELECT ON tally.coupon_books TO tally_query;

CREATE FUNCTION tally.put_coupon_books(rows jsonb) RETURNS void LANGUAGE sql AS $$
    INSERT INTO tally.coupon_books (org, id, published, redeemed)
    SELECT n.org, n.id, n.published, n.redeemed
      FROM jsonb_populate_recordset(NULL::tally.coupon_books, rows) n
        ON CONFLICT (org, id) DO UPDATE
       SET published = excluded.published, redeemed = excluded.redeemed
$$;
REVOKE ALL ON FUNCTION tally.put_coupon_books FROM PUBLIC;
GRANT EXECUTE ON FUNCTION tally.put_coupon_books TO tally_writer;
