-- Analysts on a ClickHouse server of your own: they read the tables of one org, and nothing else.
--
--   clickhouse-client --database tally --multiquery < ops/clickhouse/analysts.sql
--
-- As an administrator, in the database that TALLY_CLICKHOUSE_URL names. The server's configuration
-- must allow settings that begin with SQL_ (custom_settings_prefixes, as it does by default). Then
-- for each analyst, whose org they cannot change:
--
--   CREATE USER ada IDENTIFIED BY '...' DEFAULT ROLE tally_analyst
--       SETTINGS SQL_tally_org = 'acme' CONST, PROFILE 'tally_analyst';
--   GRANT tally_analyst TO ada;

CREATE ROLE IF NOT EXISTS tally_analyst;

CREATE SETTINGS PROFILE IF NOT EXISTS tally_analyst SETTINGS
    readonly = 1 CONST,
    max_execution_time = 60 CONST,
    max_memory_usage = 4294967296 CONST;

GRANT SELECT ON usage TO tally_analyst;
GRANT SELECT ON ledger_events TO tally_analyst;
GRANT SELECT ON transactions TO tally_analyst;
GRANT SELECT ON purchases TO tally_analyst;
GRANT SELECT ON invoices TO tally_analyst;
GRANT SELECT ON invoice_lines TO tally_analyst;
GRANT SELECT ON subscriptions TO tally_analyst;
GRANT SELECT ON stock_movements TO tally_analyst;
GRANT SELECT ON order_lines TO tally_analyst;
GRANT SELECT ON abandoned_carts TO tally_analyst;
GRANT SELECT ON placed_orders TO tally_analyst;
GRANT SELECT ON usage_sums TO tally_analyst;
GRANT SELECT ON usage_hours TO tally_analyst;
GRANT SELECT ON usage_days TO tally_analyst;
GRANT SELECT ON usage_months TO tally_analyst;

-- Where a table has a policy, who has none of them sees nothing: the service and administrators see
-- every row by the second of each. Views are asked as whoever asks them.
CREATE ROW POLICY IF NOT EXISTS tally_org ON usage, ledger_events, transactions, purchases, invoices, invoice_lines, subscriptions, stock_movements, order_lines, abandoned_carts, placed_orders, usage_sums
    USING org = getSetting('SQL_tally_org') TO tally_analyst;
CREATE ROW POLICY IF NOT EXISTS tally_all ON usage, ledger_events, transactions, purchases, invoices, invoice_lines, subscriptions, stock_movements, order_lines, abandoned_carts, placed_orders, usage_sums
    USING 1 TO ALL EXCEPT tally_analyst;
