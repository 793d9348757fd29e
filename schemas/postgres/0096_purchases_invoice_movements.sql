-- Money at a provider also moves for invoices: each movement says for which one.
ALTER TABLE tally.events NO FORCE ROW LEVEL SECURITY;
ALTER TABLE tally.movements NO FORCE ROW LEVEL SECURITY;

ALTER TABLE tally.movements ADD COLUMN invoice text NOT NULL DEFAULT '';
UPDATE tally.movements m
   SET invoice = substr(e.stream, length('invoice/') + 1)
  FROM tally.events e
 WHERE e.org = m.org AND e.sequence = m.sequence AND e.stream LIKE 'invoice/%';
ALTER TABLE tally.movements ALTER COLUMN invoice DROP DEFAULT;

ALTER TABLE tally.events FORCE ROW LEVEL SECURITY;
ALTER TABLE tally.movements FORCE ROW LEVEL SECURITY;

-- By which payment an invoice was paid, for what its provider tells of it later.
CREATE INDEX invoice_states_by_payment
    ON tally.invoice_states USING gin ((invoice -> 'payments') jsonb_path_ops);
