-- What is known of customers: digests of erasable texts, a profile and addresses. What its function
-- is given, no more.
CREATE TABLE tally.customer_details (
    org     text  NOT NULL,
    owner   text  NOT NULL,
    profile text,
    book    jsonb NOT NULL,
    PRIMARY KEY (org, owner)
);
SELECT tally.keep_orgs_apart('tally.customer_details');
GRANT SELECT, INSERT, UPDATE (profile, book) ON tally.customer_details TO tally_writer;
GRANT SELECT ON tally.customer_details TO tally_query;

CREATE FUNCTION tally.put_customer_details(rows jsonb) RETURNS void LANGUAGE sql AS $$
    INSERT INTO tally.customer_details
    SELECT n.* FROM jsonb_populate_recordset(NULL::tally.customer_details, rows) n
        ON CONFLICT (org, owner) DO UPDATE
       SET profile = excluded.profile, book = excluded.book
$$;
REVOKE ALL ON FUNCTION tally.put_customer_details FROM PUBLIC;
GRANT EXECUTE ON FUNCTION tally.put_customer_details TO tally_writer;

-- The read model `customers`: what each has bought in each currency (docs/read-models.md).
CREATE TABLE tally.customers (
    org            text    NOT NULL,
    owner          text    NOT NULL,
    currency       text    NOT NULL,
    orders         numeric NOT NULL,
    spent          numeric NOT NULL,
    refunded       numeric NOT NULL,
    known_us       bigint,
    first_order_us bigint,
    last_order_us  bigint,
    sequence       bigint  NOT NULL,
    PRIMARY KEY (org, owner, currency)
);
SELECT tally.keep_orgs_apart('tally.customers');
GRANT SELECT, INSERT, UPDATE, DELETE ON tally.customers TO tally_writer;
GRANT SELECT ON tally.customers TO tally_query;
SELECT tally.store_for_updates('tally.customers', 50);
