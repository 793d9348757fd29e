-- Each invoice as it is now, with its lines, payments and credit notes: what
-- `tally.put_invoice_states` is given, no more.
CREATE TABLE tally.invoice_states (
    org     text  NOT NULL,
    id      text  NOT NULL,
    owner   text  NOT NULL,
    status  text  NOT NULL,
    number  text,
    invoice jsonb NOT NULL,
    PRIMARY KEY (org, id)
);
SELECT tally.keep_orgs_apart('tally.invoice_states');
GRANT SELECT, INSERT, UPDATE (owner, status, number, invoice) ON tally.invoice_states TO tally_writer;
GRANT SELECT ON tally.invoice_states TO tally_query;

CREATE FUNCTION tally.put_invoice_states(rows jsonb) RETURNS void LANGUAGE sql AS $$
    INSERT INTO tally.invoice_states
    SELECT n.* FROM jsonb_populate_recordset(NULL::tally.invoice_states, rows) n
        ON CONFLICT (org, id) DO UPDATE
       SET owner = excluded.owner, status = excluded.status, number = excluded.number,
           invoice = excluded.invoice
$$;
REVOKE ALL ON FUNCTION tally.put_invoice_states FROM PUBLIC;
GRANT EXECUTE ON FUNCTION tally.put_invoice_states TO tally_writer;

-- The read model `invoices`, for people who query it: docs/read-models.md. What is null is not said,
-- by what was looked at so far; amounts are of the currency's smallest unit. `net` is
-- without tax, `remaining` still to be paid.
CREATE TABLE tally.invoices (
    org        text   NOT NULL,
    invoice    text   NOT NULL,
    owner      text,
    currency   text,
    status     text,
    number     text,
    net        bigint,
    tax        bigint,
    total      bigint,
    remaining  bigint,
    drafted_us bigint,
    issued_us  bigint,
    due_us     bigint,
    ended_us   bigint,
    sequence   bigint NOT NULL,
    PRIMARY KEY (org, invoice)
);
CREATE INDEX invoices_in_order ON tally.invoices (org, drafted_us, invoice);
CREATE INDEX invoices_by_owner ON tally.invoices (org, owner, drafted_us);
SELECT tally.keep_orgs_apart('tally.invoices');
GRANT SELECT, INSERT, UPDATE, DELETE ON tally.invoices TO tally_writer;
GRANT SELECT ON tally.invoices TO tally_query;
SELECT tally.store_for_updates('tally.invoices', 50);
