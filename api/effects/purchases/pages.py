"""Pages of the provider's on which a customer saves a payment method, or looks at receipts."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from ledger.kernel.errors import Invalid
from ledger.kernel.outside import NeverTaken
from ledger.purchases.provider import PaymentProvider


async def setup_page(provider: PaymentProvider, org: str, user: str, return_url: str) -> str:
    """Return where a user saves a payment method. Raises NotTaken, and Invalid where the provider
    has no such page."""
    customer = await provider.customer(org, user)
    with _refusing_the_url():
        return (await provider.open_setup(org, customer, return_url)).url


async def portal_page(provider: PaymentProvider, org: str, user: str, return_url: str) -> str:
    """Return where a user looks at receipts and payment methods. Raises as `setup_page`."""
    customer = await provider.customer(org, user)
    with _refusing_the_url():
        return (await provider.open_portal(customer, return_url)).url


@contextmanager
def _refusing_the_url() -> Iterator[None]:
    try:
        yield
    except NeverTaken as error:
        raise Invalid(f"the provider refuses: {error.detail}", field="return_url") from None
