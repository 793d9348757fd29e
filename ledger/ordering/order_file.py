"""The order file: what is recorded here of an order that speaks against a dispute of it, and its
texts as a bank is shown them."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import NamedTuple

from ledger.kernel.money import format_amount
from ledger.kernel.times import format_time
from ledger.ordering.contact import Contact, PostalAddress
from ledger.purchases.notice import Money


class SentParcel(NamedTuple):
    """A shipment that has left: who carries it, and when it arrived, as far as that is known."""

    carrier: str | None
    number: str | None
    url: str | None
    shipped_us: int
    delivered_us: int | None


class OrderFile(NamedTuple):
    """What is recorded of an order. `money` and `lines`, how many of which SKU: as it was placed;
    `refunded`: what of it went back, pays another order, or is taken no more; `contact`: unless it
    was erased."""

    order: str
    number: str | None
    owner: str | None
    money: Money
    refunded: int
    placed_us: int
    paid_us: int | None
    lines: Sequence[tuple[int, str]] = ()
    parcels: Sequence[SentParcel] = ()
    contact: Contact = Contact()


def texts_of(file: OrderFile) -> dict[str, str]:
    """Return what speaks against a dispute, as texts by their names (`Evidence`)."""
    texts = {
        "product": _goods(file),
        "service_date": _second(file.placed_us),
        "activity_log": "\n".join(_activity(file)),
        **_of_buyer(file.contact),
        **_of_parcels(file.parcels),
    }
    return {name: text for name, text in texts.items() if text}


def _goods(file: OrderFile) -> str:
    goods = ", ".join(f"{units} x {sku}" for units, sku in file.lines)
    placed = f"Order {file.number or file.order} of {_money(file, file.money.amount)}: {goods}."
    if not file.refunded:
        return placed
    return f"{placed} {_money(file, file.refunded)} of it went back, or was not taken."


def _money(file: OrderFile, amount: int) -> str:
    return f"{format_amount(amount, file.money.currency)} {file.money.currency.upper()}"


def _second(time_us: int) -> str:
    """Return a time as people write it: to the second."""
    return f"{format_time(time_us)[:19]}Z"


def _of_buyer(contact: Contact) -> dict[str, str]:
    place = contact.shipping_address or contact.billing_address
    return {
        "customer_email": contact.email or "",
        "customer_name": place.name if place else "",
        "shipping_address": _written(contact.shipping_address) if contact.shipping_address else "",
    }


def _written(place: PostalAddress) -> str:
    city = " ".join(each for each in (place.postal_code, place.city) if each)
    lines = [place.name, *place.address, city, place.region, place.country]
    return "\n".join(each for each in lines if each)


def _of_parcels(parcels: Sequence[SentParcel]) -> dict[str, str]:
    if not parcels:
        return {}
    return {
        "shipping_carrier": ", ".join(dict.fromkeys(e.carrier for e in parcels if e.carrier)),
        "shipping_tracking_number": ", ".join(each.number for each in parcels if each.number),
        "shipping_date": _second(parcels[0].shipped_us)[:10],
    }


def _activity(file: OrderFile) -> Iterator[str]:
    yield "All times are UTC."
    yield f"{_second(file.placed_us)} | the order was placed"
    if file.paid_us is not None:
        yield f"{_second(file.paid_us)} | it was paid"
    for each in file.parcels:
        known = " ".join(part for part in (each.carrier, each.number, each.url) if part)
        yield f"{_second(each.shipped_us)} | a parcel was sent: {known or 'without a number'}"
        if each.delivered_us is not None:
            yield f"{_second(each.delivered_us)} | it arrived: {known or 'without a number'}"
