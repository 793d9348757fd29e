-- What credits cost in an org: what `tally.put_offer_books` is given, no more.
CREATE TABLE tally.offer_books (
    org    text  PRIMARY KEY,
    offers jsonb NOT NULL
);
SELECT tally.keep_orgs_apart('tally.offer_books');
GRANT SELECT, INSERT, UPDATE (offers) ON tally.offer_books TO tally_writer;
GRANT SELECT ON tally.offer_books TO tally_query;

CREATE FUNCTION tally.put_offer_books(rows jsonb) RETURNS void LANGUAGE sql AS $$
    INSERT INTO tally.offer_books (org, offers)
    SELECT n.org, n.offers FROM jsonb_populate_recordset(NULL::tally.offer_books, rows) n
        ON CONFLICT (org) DO UPDATE SET offers = excluded.offers
$$;
REVOKE ALL ON FUNCTION tally.put_offer_books FROM PUBLIC;
GRANT EXECUTE ON FUNCTION tally.put_offer_books TO tally_writer;
