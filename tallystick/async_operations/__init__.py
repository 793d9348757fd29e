"""Operations of every subject in one class.

Made by `python -m tests.client.generator` from `schemas/openapi.json`.
"""

from tallystick.async_operations.access import AsyncAccessOperations
from tallystick.async_operations.api_keys import AsyncApiKeysOperations
from tallystick.async_operations.appointments import AsyncAppointmentsOperations
from tallystick.async_operations.audit import AsyncAuditOperations
from tallystick.async_operations.balance import AsyncBalanceOperations
from tallystick.async_operations.caps import AsyncCapsOperations
from tallystick.async_operations.carts import AsyncCartsOperations
from tallystick.async_operations.catalogue import AsyncCatalogueOperations
from tallystick.async_operations.corrections import AsyncCorrectionsOperations
from tallystick.async_operations.credits import AsyncCreditsOperations
from tallystick.async_operations.customers import AsyncCustomersOperations
from tallystick.async_operations.disputes import AsyncDisputesOperations
from tallystick.async_operations.fulfilment import AsyncFulfilmentOperations
from tallystick.async_operations.holds import AsyncHoldsOperations
from tallystick.async_operations.internal_transfers import AsyncInternalTransfersOperations
from tallystick.async_operations.inventory import AsyncInventoryOperations
from tallystick.async_operations.invoices import AsyncInvoicesOperations
from tallystick.async_operations.orders import AsyncOrdersOperations
from tallystick.async_operations.orgs import AsyncOrgsOperations
from tallystick.async_operations.prices import AsyncPricesOperations
from tallystick.async_operations.promotions import AsyncPromotionsOperations
from tallystick.async_operations.purchases import AsyncPurchasesOperations
from tallystick.async_operations.rate_cards import AsyncRateCardsOperations
from tallystick.async_operations.refunds import AsyncRefundsOperations
from tallystick.async_operations.returns import AsyncReturnsOperations
from tallystick.async_operations.roles import AsyncRolesOperations
from tallystick.async_operations.service import AsyncServiceOperations
from tallystick.async_operations.stored_value import AsyncStoredValueOperations
from tallystick.async_operations.subscriptions import AsyncSubscriptionsOperations
from tallystick.async_operations.transactions import AsyncTransactionsOperations
from tallystick.async_operations.transfers import AsyncTransfersOperations
from tallystick.async_operations.usage import AsyncUsageOperations
from tallystick.async_operations.webhooks import AsyncWebhooksOperations


class AsyncOperations(
    AsyncUsageOperations,
    AsyncHoldsOperations,
    AsyncBalanceOperations,
    AsyncTransactionsOperations,
    AsyncCreditsOperations,
    AsyncCorrectionsOperations,
    AsyncTransfersOperations,
    AsyncCapsOperations,
    AsyncRateCardsOperations,
    AsyncOrgsOperations,
    AsyncApiKeysOperations,
    AsyncRolesOperations,
    AsyncAuditOperations,
    AsyncPurchasesOperations,
    AsyncRefundsOperations,
    AsyncDisputesOperations,
    AsyncSubscriptionsOperations,
    AsyncInvoicesOperations,
    AsyncPricesOperations,
    AsyncOrdersOperations,
    AsyncPromotionsOperations,
    AsyncCartsOperations,
    AsyncCustomersOperations,
    AsyncFulfilmentOperations,
    AsyncReturnsOperations,
    AsyncAccessOperations,
    AsyncAppointmentsOperations,
    AsyncInternalTransfersOperations,
    AsyncInventoryOperations,
    AsyncStoredValueOperations,
    AsyncCatalogueOperations,
    AsyncWebhooksOperations,
    AsyncServiceOperations,
):
    """Every operation."""
