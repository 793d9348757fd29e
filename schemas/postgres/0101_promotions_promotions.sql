-- Promotions as they are published, with how often and for how much each is redeemed, and how often
-- by each customer: what the functions below are given, no more.
CREATE TABLE tally.promotion_books (
    org      text   NOT NULL,
    id       text   NOT NULL,
    code     text,
    standing text   NOT NULL,
    priority bigint NOT NULL,
    from_us  bigint,
    until_us bigint,
    state    jsonb  NOT NULL,
    version  bigint NOT NULL,
    PRIMARY KEY (org, id)
);
CREATE INDEX promotion_books_codes ON tally.promotion_books (org, code) WHERE code IS NOT NULL;
CREATE INDEX promotion_books_automatic ON tally.promotion_books (org, priority, id)
    WHERE code IS NULL AND standing = 'running';
SELECT tally.keep_orgs_apart('tally.promotion_books');
GRANT SELECT, INSERT, UPDATE (code, standing, priority, from_us, until_us, state, version)
   ON tally.promotion_books TO tally_writer;
GRANT SELECT ON tally.promotion_books TO tally_query;

CREATE FUNCTION tally.put_promotion_books(rows jsonb) RETURNS void LANGUAGE sql AS $$
    INSERT INTO tally.promotion_books
        (org, id, code, standing, priority, from_us, until_us, state, version)
    SELECT n.org, n.id, n.code, n.standing, n.priority, n.from_us, n.until_us, n.state, n.version
      FROM jsonb_populate_recordset(NULL::tally.promotion_books, rows) n
        ON CONFLICT (org, id) DO UPDATE
       SET code = excluded.code, standing = excluded.standing, priority = excluded.priority,
           from_us = excluded.from_us, until_us = excluded.until_us, state = excluded.state,
           version = excluded.version
$$;
REVOKE ALL ON FUNCTION tally.put_promotion_books FROM PUBLIC;
GRANT EXECUTE ON FUNCTION tally.put_promotion_books TO tally_writer;

CREATE TABLE tally.promotion_customers (
    org       text   NOT NULL,
    promotion text   NOT NULL,
    customer  text   NOT NULL,
    redeemed  bigint NOT NULL,
    PRIMARY KEY (org, promotion, customer)
);
SELECT tally.keep_orgs_apart('tally.promotion_customers');
GRANT SELECT, INSERT, UPDATE (redeemed) ON tally.promotion_customers TO tally_writer;
GRANT SELECT ON tally.promotion_customers TO tally_query;

CREATE FUNCTION tally.put_promotion_customers(rows jsonb) RETURNS void LANGUAGE sql AS $$
    INSERT INTO tally.promotion_customers (org, promotion, customer, redeemed)
    SELECT n.org, n.promotion, n.customer, n.redeemed
      FROM jsonb_populate_recordset(NULL::tally.promotion_customers, rows) n
        ON CONFLICT (org, promotion, customer) DO UPDATE SET redeemed = excluded.redeemed
$$;
REVOKE ALL ON FUNCTION tally.put_promotion_customers FROM PUBLIC;
GRANT EXECUTE ON FUNCTION tally.put_promotion_customers TO tally_writer;
