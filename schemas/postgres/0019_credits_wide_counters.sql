-- What a counter adds up has no bound of its own: many wallets, each up to 64 bits, may count into
-- one. It stands after the columns it widens.
ALTER TABLE tally.cap_counters
    ALTER COLUMN spent TYPE numeric(38, 0),
    ALTER COLUMN held TYPE numeric(38, 0);
ALTER TABLE tally.meter_counters ALTER COLUMN used TYPE numeric(38, 0);
