"""The container: the one place that picks adapters; others take from here what it picked."""

from __future__ import annotations

from adapters.archive import Archives
from adapters.backup_file import BackupReader, BackupWriter, chunks_of, new_backup
from adapters.backup_manifest import FORM as BACKUP_FORM
from adapters.backup_manifest import BackupUnreadable, SavedTable
from adapters.backup_manifest import Manifest as BackupManifest
from adapters.carrier_table import carrier_table
from adapters.clickhouse.connection import connect as connect_clickhouse
from adapters.clickhouse.tables import migrate as migrate_clickhouse
from adapters.nats.address import NatsAddress
from adapters.nats.facts import BusFacts
from adapters.postgres.access_log import access_log_snapshot
from adapters.postgres.activities import PostgresActivities as ActivityStore
from adapters.postgres.alarms import PostgresAlarms as AlarmTable
from adapters.postgres.archived import ArchivedEvents
from adapters.postgres.backup import PostgresBackup as DatabaseBackup
from adapters.postgres.carts import PostgresCarts as CartStore
from adapters.postgres.connection import DatabaseUrls
from adapters.postgres.copies import SummaryMending
from adapters.postgres.due_work import PostgresDueWork as DueWorkStore
from adapters.postgres.effects import PostgresCalls as DeferredCalls
from adapters.postgres.examination import (
    LedgerFacts,
    LoginFacts,
    examine_ledger,
    examine_login,
)
from adapters.postgres.invoices import PostgresInvoices as InvoiceStore
from adapters.postgres.jobs import job_connector
from adapters.postgres.logins import log_in
from adapters.postgres.migrations import migrations
from adapters.postgres.movements import PostgresMovements as MovementStore
from adapters.postgres.order_files import PostgresOrderFiles as OrderFileStore
from adapters.postgres.orders import PostgresOrders as OrderStore
from adapters.postgres.partitions import Partition, Partitions
from adapters.postgres.purchase_files import PostgresPurchaseFiles as PurchaseFileStore
from adapters.postgres.purchases import PostgresPurchases as PurchaseStore
from adapters.postgres.restore import require_empty, require_known, restore
from adapters.postgres.sealing import PostgresSealing as SealingStore
from adapters.postgres.sealing import TilesDisagree
from adapters.postgres.secrets import cursor_key, webhook_key
from adapters.postgres.snapshot import PostgresSnapshot as StoreSnapshot
from adapters.postgres.subscriptions import PostgresSubscriptions as SubscriptionStore
from adapters.postgres.webhooks import PostgresWebhooks as WebhookStore
from adapters.postgres.witnesses import PostgresWitnesses as DeliveryStore
from adapters.signing_keys import SigningKeys
from adapters.witness_files import WitnessFiles
from api.container.documents import blobs, documents, mail
from api.container.engines import (
    Endpoints,
    Opening,
    analyst_url,
    bare_endpoints,
    database,
    endpoints,
    is_here,
    nats_given,
    owned_database,
)
from api.container.followers import (
    analysts_rows,
    copies,
    deferring,
    empty,
    feed_stream,
    projections,
    rebuilding,
)
from api.container.outside import (
    FACT_EFFECTS,
    alert_receiver,
    effects,
    examine_nats,
    invoice_effects,
    issuer_keys,
    limit_store,
    payment_effects,
    price_list,
    receiver_at,
    require_public,
    usage_inbox,
    witness_at,
)
from api.container.payments import Payments, stripe_given
from api.container.store import (
    access_log,
    clock_us,
    event_store,
    key_uses,
    leases,
    ledger,
    signing_keys,
    verified_state_file,
)

__all__ = [
    "BACKUP_FORM",
    "FACT_EFFECTS",
    "ActivityStore",
    "AlarmTable",
    "ArchivedEvents",
    "Archives",
    "BackupManifest",
    "BackupReader",
    "BackupUnreadable",
    "BackupWriter",
    "BusFacts",
    "CartStore",
    "DatabaseBackup",
    "DatabaseUrls",
    "DeferredCalls",
    "DeliveryStore",
    "DueWorkStore",
    "Endpoints",
    "InvoiceStore",
    "LedgerFacts",
    "LoginFacts",
    "MovementStore",
    "NatsAddress",
    "Opening",
    "OrderFileStore",
    "OrderStore",
    "Partition",
    "Partitions",
    "Payments",
    "PurchaseFileStore",
    "PurchaseStore",
    "SavedTable",
    "SealingStore",
    "SigningKeys",
    "StoreSnapshot",
    "SubscriptionStore",
    "SummaryMending",
    "TilesDisagree",
    "WebhookStore",
    "WitnessFiles",
    "access_log",
    "access_log_snapshot",
    "alert_receiver",
    "analyst_url",
    "analysts_rows",
    "bare_endpoints",
    "blobs",
    "carrier_table",
    "chunks_of",
    "clock_us",
    "connect_clickhouse",
    "copies",
    "cursor_key",
    "database",
    "deferring",
    "documents",
    "effects",
    "empty",
    "endpoints",
    "event_store",
    "examine_ledger",
    "examine_login",
    "examine_nats",
    "feed_stream",
    "invoice_effects",
    "is_here",
    "issuer_keys",
    "job_connector",
    "key_uses",
    "leases",
    "ledger",
    "limit_store",
    "log_in",
    "mail",
    "migrate_clickhouse",
    "migrations",
    "nats_given",
    "new_backup",
    "owned_database",
    "payment_effects",
    "price_list",
    "projections",
    "rebuilding",
    "receiver_at",
    "require_empty",
    "require_known",
    "require_public",
    "restore",
    "signing_keys",
    "stripe_given",
    "usage_inbox",
    "verified_state_file",
    "webhook_key",
    "witness_at",
]
