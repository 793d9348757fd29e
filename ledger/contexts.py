"""The contexts: the one list of what this ledger is about, a line each."""

from __future__ import annotations

from ledger.access.context import CONTEXT as ACCESS
from ledger.appointments.context import CONTEXT as APPOINTMENTS
from ledger.catalogue.context import CONTEXT as CATALOGUE
from ledger.credits.context import CONTEXT as CREDITS
from ledger.customers.context import CONTEXT as CUSTOMERS
from ledger.fulfilment.context import CONTEXT as FULFILMENT
from ledger.internal_transfers.context import CONTEXT as INTERNAL_TRANSFERS
from ledger.inventory.context import CONTEXT as INVENTORY
from ledger.invoices.context import CONTEXT as INVOICES
from ledger.kernel.context import Context
from ledger.ordering.context import CONTEXT as ORDERING
from ledger.pricing.context import CONTEXT as PRICING
from ledger.privacy.context import CONTEXT as PRIVACY
from ledger.promotions.context import CONTEXT as PROMOTIONS
from ledger.purchases.context import CONTEXT as PURCHASES
from ledger.rating.context import CONTEXT as RATING
from ledger.returns.context import CONTEXT as RETURNS
from ledger.stored_value.context import CONTEXT as STORED_VALUE
from ledger.subscriptions.context import CONTEXT as SUBSCRIPTIONS
from ledger.tenancy.context import CONTEXT as TENANCY
from ledger.webhooks.context import CONTEXT as WEBHOOKS

CONTEXTS = tuple(each for each in tuple(globals().values()) if isinstance(each, Context))
"""Every context that is imported above."""
