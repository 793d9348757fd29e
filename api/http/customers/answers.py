"""Answers about customers."""

from __future__ import annotations

import msgspec

from api.http.answers import Amount, Answer, Time, time_or_null
from api.http.carts.answers import CartAnswer, UnsoldLineAnswer
from api.http.ordering.answers.orders import PostalAddressAnswer
from api.queries.customers.customers import FoundAddress, FoundCustomer, FoundDetails, Spending
from ledger.customers.profile import Profile
from ledger.kernel.money import format_amount


class ProfileAnswer(Answer):
    """Who a customer is; null is what was never said, or was erased."""

    user: str
    name: str | None
    email: str | None
    phone: str | None


class SavedAddressAnswer(Answer):
    """An address of a customer; null as what it says: that was erased."""

    id: str
    default: bool
    address: PostalAddressAnswer | None


class SavedAddressesAnswer(Answer):
    """The addresses of a customer, those saved first first."""

    data: list[SavedAddressAnswer]


class RemovedAddressAnswer(Answer):
    """An address that is gone."""

    id: str
    removed: bool


class SpendingAnswer(Answer):
    """What orders of a customer came to in a currency, and what of that went back."""

    currency: str
    orders: int
    spent: Amount
    refunded: Amount


class CustomerAnswer(ProfileAnswer):
    """A customer, with what it has bought. `known_at`: since when there is a profile or an
    address; `orders`: that were confirmed."""

    known_at: Time | None
    orders: int
    first_order_at: Time | None
    last_order_at: Time | None
    spending: list[SpendingAnswer]


class WholeCustomerAnswer(CustomerAnswer):
    """A customer, with its addresses."""

    addresses: list[SavedAddressAnswer]


class ReorderAnswer(Answer):
    """The cart of a user, and what could not be put into it of an order, and why."""

    cart: CartAnswer
    left_out: list[UnsoldLineAnswer]


def profile_answer(user: str, profile: Profile | None) -> ProfileAnswer:
    """Return a profile as it is answered."""
    return ProfileAnswer(user, *_fields(profile))


def addresses_answer(details: FoundDetails) -> list[SavedAddressAnswer]:
    """Return the addresses of a customer as they are answered."""
    return [address_answer(each) for each in details.addresses]


def address_answer(found: FoundAddress) -> SavedAddressAnswer:
    """Return an address as it is answered."""
    postal = found.address
    whole = None if postal is None else PostalAddressAnswer(**msgspec.structs.asdict(postal))
    return SavedAddressAnswer(found.id, found.is_default, whole)


def customer_answer(found: FoundCustomer) -> CustomerAnswer:
    """Return a customer as it is answered."""
    return CustomerAnswer(
        found.user,
        *_fields(found.profile),
        time_or_null(found.known_us),
        sum(each.orders for each in found.spending),
        time_or_null(found.first_order_us),
        time_or_null(found.last_order_us),
        [_spending_answer(each) for each in found.spending],
    )


def whole_answer(found: FoundCustomer, details: FoundDetails) -> WholeCustomerAnswer:
    """Return a customer with its addresses as it is answered."""
    one = msgspec.structs.asdict(customer_answer(found))
    return WholeCustomerAnswer(**one, addresses=addresses_answer(details))


def _spending_answer(spending: Spending) -> SpendingAnswer:
    currency = spending.currency
    return SpendingAnswer(
        currency,
        spending.orders,
        format_amount(spending.spent, currency),
        format_amount(spending.refunded, currency),
    )


def _fields(profile: Profile | None) -> tuple[str | None, str | None, str | None]:
    return (profile.name, profile.email, profile.phone) if profile else (None, None, None)
