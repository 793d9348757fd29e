"""Operations of every subject in one class.

Made by `python -m tests.client.generator` from `schemas/openapi.json`.
"""

from tallystick.operations.access import AccessOperations
from tallystick.operations.api_keys import ApiKeysOperations
from tallystick.operations.appointments import AppointmentsOperations
from tallystick.operations.audit import AuditOperations
from tallystick.operations.balance import BalanceOperations
from tallystick.operations.caps import CapsOperations
from tallystick.operations.carts import CartsOperations
from tallystick.operations.catalogue import CatalogueOperations
from tallystick.operations.corrections import CorrectionsOperations
from tallystick.operations.credits import CreditsOperations
from tallystick.operations.customers import CustomersOperations
from tallystick.operations.disputes import DisputesOperations
from tallystick.operations.fulfilment import FulfilmentOperations
from tallystick.operations.holds import HoldsOperations
from tallystick.operations.internal_transfers import InternalTransfersOperations
from tallystick.operations.inventory import InventoryOperations
from tallystick.operations.invoices import InvoicesOperations
from tallystick.operations.orders import OrdersOperations
from tallystick.operations.orgs import OrgsOperations
from tallystick.operations.prices import PricesOperations
from tallystick.operations.promotions import PromotionsOperations
from tallystick.operations.purchases import PurchasesOperations
from tallystick.operations.rate_cards import RateCardsOperations
from tallystick.operations.refunds import RefundsOperations
from tallystick.operations.returns import ReturnsOperations
from tallystick.operations.roles import RolesOperations
from tallystick.operations.service import ServiceOperations
from tallystick.operations.stored_value import StoredValueOperations
from tallystick.operations.subscriptions import SubscriptionsOperations
from tallystick.operations.transactions import TransactionsOperations
from tallystick.operations.transfers import TransfersOperations
from tallystick.operations.usage import UsageOperations
from tallystick.operations.webhooks import WebhooksOperations


class Operations(
    UsageOperations,
    HoldsOperations,
    BalanceOperations,
    TransactionsOperations,
    CreditsOperations,
    CorrectionsOperations,
    TransfersOperations,
    CapsOperations,
    RateCardsOperations,
    OrgsOperations,
    ApiKeysOperations,
    RolesOperations,
    AuditOperations,
    PurchasesOperations,
    RefundsOperations,
    DisputesOperations,
    SubscriptionsOperations,
    InvoicesOperations,
    PricesOperations,
    OrdersOperations,
    PromotionsOperations,
    CartsOperations,
    CustomersOperations,
    FulfilmentOperations,
    ReturnsOperations,
    AccessOperations,
    AppointmentsOperations,
    InternalTransfersOperations,
    InventoryOperations,
    StoredValueOperations,
    CatalogueOperations,
    WebhooksOperations,
    ServiceOperations,
):
    """Every operation."""
