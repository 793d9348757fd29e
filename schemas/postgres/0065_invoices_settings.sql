-- What invoices are issued by: settings, tax rates, payers and numbers of an org. Each is what its
-- function is given, no more.
CREATE TABLE tally.invoice_settings (
    org              text  PRIMARY KEY,
    settings_version int   NOT NULL,
    settings         jsonb NOT NULL
);
CREATE TABLE tally.tax_books (
    org           text  PRIMARY KEY,
    rates_version int   NOT NULL,
    rates         jsonb NOT NULL
);
-- `payer` has the digest of the payer's address, which is an erasable text.
CREATE TABLE tally.payer_details (
    org   text  NOT NULL,
    owner text  NOT NULL,
    payer jsonb NOT NULL,
    PRIMARY KEY (org, owner)
);
-- The last number of each series, and in which year it was taken.
CREATE TABLE tally.number_books (
    org    text   NOT NULL,
    series text   NOT NULL,
    number bigint NOT NULL,
    year   int    NOT NULL,
    PRIMARY KEY (org, series)
);
SELECT tally.keep_orgs_apart('tally.invoice_settings'), tally.keep_orgs_apart('tally.tax_books'),
       tally.keep_orgs_apart('tally.payer_details'), tally.keep_orgs_apart('tally.number_books');
GRANT SELECT, INSERT, UPDATE (settings_version, settings) ON tally.invoice_settings TO tally_writer;
GRANT SELECT, INSERT, UPDATE (rates_version, rates) ON tally.tax_books TO tally_writer;
GRANT SELECT, INSERT, UPDATE (payer) ON tally.payer_details TO tally_writer;
GRANT SELECT, INSERT, UPDATE (number, year) ON tally.number_books TO tally_writer;
GRANT SELECT ON tally.invoice_settings, tally.tax_books, tally.payer_details, tally.number_books
    TO tally_query;

CREATE FUNCTION tally.put_invoice_settings(rows jsonb) RETURNS void LANGUAGE sql AS $$
    INSERT INTO tally.invoice_settings
    SELECT n.* FROM jsonb_populate_recordset(NULL::tally.invoice_settings, rows) n
        ON CONFLICT (org) DO UPDATE
       SET settings_version = excluded.settings_version, settings = excluded.settings
$$;
CREATE FUNCTION tally.put_tax_books(rows jsonb) RETURNS void LANGUAGE sql AS $$
    INSERT INTO tally.tax_books
    SELECT n.* FROM jsonb_populate_recordset(NULL::tally.tax_books, rows) n
        ON CONFLICT (org) DO UPDATE
       SET rates_version = excluded.rates_version, rates = excluded.rates
$$;
CREATE FUNCTION tally.put_payer_details(rows jsonb) RETURNS void LANGUAGE sql AS $$
    INSERT INTO tally.payer_details
    SELECT n.* FROM jsonb_populate_recordset(NULL::tally.payer_details, rows) n
        ON CONFLICT (org, owner) DO UPDATE SET payer = excluded.payer
$$;
CREATE FUNCTION tally.put_number_books(rows jsonb) RETURNS void LANGUAGE sql AS $$
    INSERT INTO tally.number_books
    SELECT n.* FROM jsonb_populate_recordset(NULL::tally.number_books, rows) n
        ON CONFLICT (org, series) DO UPDATE SET number = excluded.number, year = excluded.year
$$;
REVOKE ALL ON FUNCTION tally.put_invoice_settings, tally.put_tax_books, tally.put_payer_details,
    tally.put_number_books FROM PUBLIC;
GRANT EXECUTE ON FUNCTION tally.put_invoice_settings, tally.put_tax_books, tally.put_payer_details,
    tally.put_number_books TO tally_writer;
