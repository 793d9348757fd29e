-- Distribute a migrated, empty or filled, Tallystick database over a Citus cluster, by org.
--
--   psql -v ON_ERROR_STOP=1 -f ops/citus/distribute.sql "$OWNER_URL"
--
-- On the coordinator, as a superuser, with no writer running; Citus 14 for PostgreSQL 18, its
-- workers added (citus_add_node). ops/citus/tables.toml says where each table goes and why.
--
-- READ docs/scaling.md FIRST. The writer of today commits a group of several orgs at once, which
-- Citus refuses: this script says so and stops. To distribute a copy all the same, for reading or
-- for trying: PGOPTIONS="-c tally.distribute_anyway=on".

DO $$
BEGIN
    IF to_regproc('tally.append') IS NOT NULL
       AND 'head_org' = ANY ((SELECT proargnames FROM pg_proc
                               WHERE oid = to_regproc('tally.append'))::text[])
       AND current_setting('tally.distribute_anyway', true) IS DISTINCT FROM 'on' THEN
        RAISE EXCEPTION 'tally.append commits several orgs in one transaction, which Citus refuses'
            USING ERRCODE = 'feature_not_supported',
                  HINT = 'Use one PostgreSQL server for each shard of the ledger: docs/scaling.md.';
    END IF;
END $$;

BEGIN;

-- Many tables in one transaction: shards are made one after the other, over one connection a worker.
SET LOCAL citus.multi_shard_modify_mode = 'sequential';

-- Citus calls triggers unsafe because they could reach rows of another node. Ours reach none: they
-- refuse the statement, or look at the one row.
SET LOCAL citus.enable_unsafe_triggers = on;

-- A unique key must hold the distribution column. Positions are unique without their index, because
-- the rows of tally.shard give them out; the followers read in their order.
ALTER TABLE tally.events DROP CONSTRAINT events_position_key;
ALTER TABLE tally.events ADD CONSTRAINT events_org_position_key UNIQUE (org, position);
CREATE INDEX events_by_position ON tally.events (position);

-- On every node whole. secret_hash stays unique, as a reference table has all its rows in one place.
SELECT create_reference_table('tally.orgs');
SELECT create_reference_table('tally.api_keys');

-- By org. The first makes the group, the others join it: 64 shards, so that a cluster of four
-- workers can become one of 32 without splitting.
SELECT create_distributed_table('tally.heads', 'org', colocate_with => 'none', shard_count => 64);
SELECT create_distributed_table('tally.events', 'org', colocate_with => 'tally.heads');
SELECT create_distributed_table('tally.keys', 'org', colocate_with => 'tally.heads');
SELECT create_distributed_table('tally.balances', 'org', colocate_with => 'tally.heads');
SELECT create_distributed_table('tally.texts', 'org', colocate_with => 'tally.heads');
SELECT create_distributed_table('tally.allowances', 'org', colocate_with => 'tally.heads');
SELECT create_distributed_table('tally.role_books', 'org', colocate_with => 'tally.heads');
SELECT create_distributed_table('tally.cap_counters', 'org', colocate_with => 'tally.heads');
SELECT create_distributed_table('tally.meter_counters', 'org', colocate_with => 'tally.heads');
SELECT create_distributed_table('tally.reversals', 'org', colocate_with => 'tally.heads');
SELECT create_distributed_table('tally.lot_losses', 'org', colocate_with => 'tally.heads');
SELECT create_distributed_table('tally.due', 'org', colocate_with => 'tally.heads');
SELECT create_distributed_table('tally.snapshots', 'org', colocate_with => 'tally.heads');
SELECT create_distributed_table('tally.archive_chains', 'org', colocate_with => 'tally.heads');
SELECT create_distributed_table('tally.access_heads', 'org', colocate_with => 'tally.heads');
SELECT create_distributed_table('tally.access_log', 'org', colocate_with => 'tally.heads');
SELECT create_distributed_table('tally.tiles', 'org', colocate_with => 'tally.heads');
SELECT create_distributed_table('tally.trees', 'org', colocate_with => 'tally.heads');
SELECT create_distributed_table('tally.checkpoints', 'org', colocate_with => 'tally.heads');
SELECT create_distributed_table('tally.transactions', 'org', colocate_with => 'tally.heads');
SELECT create_distributed_table('tally.wallet_snapshots', 'org', colocate_with => 'tally.heads');
SELECT create_distributed_table('tally.statements', 'org', colocate_with => 'tally.heads');
SELECT create_distributed_table('tally.statement_lines', 'org', colocate_with => 'tally.heads');
SELECT create_distributed_table('tally.usage_days', 'org', colocate_with => 'tally.heads');
SELECT create_distributed_table('tally.holds', 'org', colocate_with => 'tally.heads');
SELECT create_distributed_table('tally.lots', 'org', colocate_with => 'tally.heads');
SELECT create_distributed_table('tally.caps', 'org', colocate_with => 'tally.heads');
SELECT create_distributed_table('tally.alerts', 'org', colocate_with => 'tally.heads');
SELECT create_distributed_table('tally.movements', 'org', colocate_with => 'tally.heads');
SELECT create_distributed_table('tally.recharges', 'org', colocate_with => 'tally.heads');
SELECT create_distributed_table('tally.disputes', 'org', colocate_with => 'tally.heads');
SELECT create_distributed_table('tally.order_disputes', 'org', colocate_with => 'tally.heads');
SELECT create_distributed_table('tally.refunds', 'org', colocate_with => 'tally.heads');
SELECT create_distributed_table('tally.purchases', 'org', colocate_with => 'tally.heads');
SELECT create_distributed_table('tally.invoices', 'org', colocate_with => 'tally.heads');
SELECT create_distributed_table('tally.invoice_lines', 'org', colocate_with => 'tally.heads');
SELECT create_distributed_table('tally.lot_months', 'org', colocate_with => 'tally.heads');
SELECT create_distributed_table('tally.subscriptions', 'org', colocate_with => 'tally.heads');
SELECT create_distributed_table('tally.subscription_moves', 'org', colocate_with => 'tally.heads');
SELECT create_distributed_table('tally.projection_heads', 'org', colocate_with => 'tally.heads');
SELECT create_distributed_table('tally.effects', 'org', colocate_with => 'tally.heads');
SELECT create_distributed_table('tally.key_uses', 'org', colocate_with => 'tally.heads');
SELECT create_distributed_table('tally.webhook_books', 'org', colocate_with => 'tally.heads');
SELECT create_distributed_table('tally.sku_prices', 'org', colocate_with => 'tally.heads');
SELECT create_distributed_table('tally.price_modifiers', 'org', colocate_with => 'tally.heads');
SELECT create_distributed_table('tally.pricing_policies', 'org', colocate_with => 'tally.heads');
SELECT create_distributed_table('tally.shipping_methods', 'org', colocate_with => 'tally.heads');
SELECT create_distributed_table('tally.carts', 'org', colocate_with => 'tally.heads');
SELECT create_distributed_table('tally.promotion_books', 'org', colocate_with => 'tally.heads');
SELECT create_distributed_table('tally.promotion_customers', 'org', colocate_with => 'tally.heads');
SELECT create_distributed_table('tally.offer_books', 'org', colocate_with => 'tally.heads');
SELECT create_distributed_table('tally.plan_books', 'org', colocate_with => 'tally.heads');
SELECT create_distributed_table('tally.catalogue_search', 'org', colocate_with => 'tally.heads');
SELECT create_distributed_table('tally.catalogue_item_types', 'org', colocate_with => 'tally.heads');
SELECT create_distributed_table('tally.catalogue_categories', 'org', colocate_with => 'tally.heads');
SELECT create_distributed_table('tally.catalogue_items', 'org', colocate_with => 'tally.heads');
SELECT create_distributed_table('tally.catalogue_skus', 'org', colocate_with => 'tally.heads');
SELECT create_distributed_table('tally.sku_benefits', 'org', colocate_with => 'tally.heads');
SELECT create_distributed_table('tally.coupon_books', 'org', colocate_with => 'tally.heads');
SELECT create_distributed_table('tally.subscription_policies', 'org', colocate_with => 'tally.heads');
SELECT create_distributed_table('tally.subscription_states', 'org', colocate_with => 'tally.heads');
SELECT create_distributed_table('tally.recharge_rules', 'org', colocate_with => 'tally.heads');
SELECT create_distributed_table('tally.purchase_policies', 'org', colocate_with => 'tally.heads');
SELECT create_distributed_table('tally.purchase_states', 'org', colocate_with => 'tally.heads');
SELECT create_distributed_table('tally.invoice_settings', 'org', colocate_with => 'tally.heads');
SELECT create_distributed_table('tally.tax_books', 'org', colocate_with => 'tally.heads');
SELECT create_distributed_table('tally.payer_details', 'org', colocate_with => 'tally.heads');
SELECT create_distributed_table('tally.number_books', 'org', colocate_with => 'tally.heads');
SELECT create_distributed_table('tally.month_statements', 'org', colocate_with => 'tally.heads');
SELECT create_distributed_table('tally.invoice_states', 'org', colocate_with => 'tally.heads');
SELECT create_distributed_table('tally.location_books', 'org', colocate_with => 'tally.heads');
SELECT create_distributed_table('tally.stock_levels', 'org', colocate_with => 'tally.heads');
SELECT create_distributed_table('tally.stock_reservations', 'org', colocate_with => 'tally.heads');
SELECT create_distributed_table('tally.stock_movements', 'org', colocate_with => 'tally.heads');
SELECT create_distributed_table('tally.stored_values', 'org', colocate_with => 'tally.heads');
SELECT create_distributed_table('tally.stored_value_settlements', 'org', colocate_with => 'tally.heads');
SELECT create_distributed_table('tally.stored_value_movements', 'org', colocate_with => 'tally.heads');
SELECT create_distributed_table('tally.calendars', 'org', colocate_with => 'tally.heads');
SELECT create_distributed_table('tally.calendar_days', 'org', colocate_with => 'tally.heads');
SELECT create_distributed_table('tally.appointments', 'org', colocate_with => 'tally.heads');
SELECT create_distributed_table('tally.internal_transfers', 'org', colocate_with => 'tally.heads');
SELECT create_distributed_table('tally.order_grants', 'org', colocate_with => 'tally.heads');
SELECT create_distributed_table('tally.order_policies', 'org', colocate_with => 'tally.heads');
SELECT create_distributed_table('tally.order_states', 'org', colocate_with => 'tally.heads');
SELECT create_distributed_table('tally.orders', 'org', colocate_with => 'tally.heads');
SELECT create_distributed_table('tally.order_lines', 'org', colocate_with => 'tally.heads');
SELECT create_distributed_table('tally.past_orders', 'org', colocate_with => 'tally.heads');
SELECT create_distributed_table('tally.customer_details', 'org', colocate_with => 'tally.heads');
SELECT create_distributed_table('tally.customers', 'org', colocate_with => 'tally.heads');
SELECT create_distributed_table('tally.shipments', 'org', colocate_with => 'tally.heads');
SELECT create_distributed_table('tally.order_returns', 'org', colocate_with => 'tally.heads');

-- On the coordinator, known to all: statements that name them beside distributed tables can be
-- planned from any node.
SELECT citus_add_local_table_to_metadata('tally.shard');
SELECT citus_add_local_table_to_metadata('tally.leases');
SELECT citus_add_local_table_to_metadata('tally.projections');
SELECT citus_add_local_table_to_metadata('tally.archives');
SELECT citus_add_local_table_to_metadata('tally.witnesses');
SELECT citus_add_local_table_to_metadata('tally.effect_totals');
SELECT citus_add_local_table_to_metadata('tally.alarms');
SELECT citus_add_local_table_to_metadata('tally.secrets');

-- Functions that are about one org run where the org is, in one round trip.
SELECT create_distributed_function('tally.erase_texts(text, text[])', 'of_org',
                                   colocate_with => 'tally.texts');
SELECT create_distributed_function('tally.common_items(text, tsquery, tsquery, integer)', 'of_org',
                                   colocate_with => 'tally.catalogue_search');
SELECT create_distributed_function(
    'tally.search_catalogue(text, text, text, text, text[], text[], double precision, text, integer, integer, boolean)',
    'of_org', colocate_with => 'tally.catalogue_search');

COMMIT;

-- A giant org gets a shard, and a worker, of its own; other orgs move online, shard by shard:
--   SELECT isolate_tenant_to_new_shard('tally.heads', 'org-id', 'CASCADE');
--   SELECT citus_move_shard_placement(shardid, 'from', 5432, 'to', 5432);
--   SELECT citus_rebalance_start();
