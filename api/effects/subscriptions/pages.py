"""Pages of the provider's on which somebody subscribes to what it runs."""

from __future__ import annotations

from ledger.kernel.errors import Invalid
from ledger.kernel.outside import NeverTaken
from ledger.purchases.provider import Checkout
from ledger.subscriptions.provider import SubscriptionPageAsked, SubscriptionProvider


async def subscription_page(
    provider: SubscriptionProvider, asked: SubscriptionPageAsked
) -> Checkout:
    """Return the page: one, however often it is asked. Raises NotTaken, and Invalid where the
    provider refuses."""
    try:
        return await provider.open_page(asked)
    except NeverTaken as error:
        raise Invalid(f"the provider refuses: {error.detail}", field="plan") from None
