"""The sender: begins items in a service by its API, each with prices and stock, and customers.

Every request has a key of what it says, so whoever is killed and begins again does nothing twice,
also when rows beside it were mended meanwhile. Publishing is last: what is published is whole.
"""

from __future__ import annotations

import hashlib
import json
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import asdict
from decimal import Decimal
from functools import partial
from typing import Any

import httpx
import msgspec

from api.imports.imported_customer import ImportedCustomer
from api.imports.imported_item import (
    FIELD_SCHEMA,
    ImportedCategory,
    ImportedItem,
    ImportedVariant,
)
from api.imports.imported_order import ImportedOrder, OrderedLine
from api.imports.read_item import NotTaken, Remark
from ledger.catalogue.item_type import Kind
from ledger.kernel.canonical import canonical
from ledger.kernel.money import format_amount
from ledger.kernel.times import moment
from ledger.ordering.contact import PostalAddress
from ledger.ordering.past_order_id import past_order_id
from ledger.pricing.base_price import BasePrice
from tallystick import Client, Problem, Retries, TallystickError
from tallystick.problems import KeyReused, NotFound
from tallystick.values import (
    AddressSetting,
    BasePriceSetting,
    LineToImport,
    ShippingToImport,
    VariantSetting,
)
from tallystick.values import catalogue as found_values

PATIENCE = Retries(deadline_s=300.0, silence_s=30.0)
"""An import may wait for a service that is busy, or starts again."""

HASTE = Retries(deadline_s=5.0)
"""A service that was never there is not waited for."""

OF_THE_ROW = frozenset({400, 404, 409, 413, 422})
"""Refusals of one item. Any other is one of all that would come after it."""


class Stopped(Exception):
    """Nothing more can be sent; the text says why. What was done is done."""


class Sender:
    """The service, as an import sees it. Threads may share one."""

    def __init__(self, client: Client, location: str) -> None:
        self._client, self._location = client, location
        self._lock = threading.Lock()
        self._known: dict[tuple[str, str], Any] = {}
        """What is known to be there: item types, categories, the location."""

    def send(self, item: ImportedItem | ImportedCustomer | ImportedOrder) -> list[Remark] | None:
        """Have an item, a customer or an order as it is to be, and return what is to be remarked;
        None: it is there already. Raises NotTaken and Stopped."""
        if isinstance(item, ImportedCustomer):
            return self._send_customer(item)
        if isinstance(item, ImportedOrder):
            return self._send_order(item)
        return self._send_item(item)

    def _send_customer(self, customer: ImportedCustomer) -> list[Remark] | None:
        """The key names nothing but an id: a digest of who a person is would stay for ever."""
        with _refusals(customer.line):
            try:
                self._client.get_payer_details(user=customer.user)
                return None
            except NotFound:
                self._client.set_payer_details(
                    user=customer.user,
                    country=customer.country,
                    region=customer.region,
                    language=customer.language,
                    **msgspec.to_builtins(customer.address),
                    idempotency_key=_key("customer", customer.user),
                )
        return []

    def _send_order(self, order: ImportedOrder) -> list[Remark] | None:
        """The key names nothing but the number, as that of a customer nothing but an id."""
        with _refusals(order.line):
            try:
                self._client.look_at_order(past_order_id(order.source, order.number))
                return None
            except NotFound:
                key = _key("order", order.source, order.number)
                self._client.import_order(**_past_order(order), idempotency_key=key)
        return []

    def _send_item(self, item: ImportedItem) -> list[Remark] | None:
        with _refusals(item.line):
            found = self._found(item)
            if found is not None and found.state != "draft":
                return None
            fields = self._fields(item)
            for category in item.categories:
                find = partial(self._category, item.locale, category)
                self._know("category", category.slug, find)
            id = self._begun(item, fields, found)
            self._define(item, id)
        remarks = _left_out(item, fields)
        for variant in item.variants:
            with _refusals(variant.line):
                self._price(variant)
                remarks += self._stock(variant)
        with _refusals(item.line):
            if item.is_published:
                self._client.publish_item(id, idempotency_key=_key("publish", id))
        return remarks

    def _found(self, item: ImportedItem) -> found_values.CatalogueItem | None:
        """Return the item that has its slug, if that is this one."""
        try:
            found = self._client.item_by_slug(item.slug)
        except NotFound:
            return None
        there = frozenset(found.skus)
        is_this = there <= item.skus if found.state == "draft" else item.skus <= there
        if not is_this:
            raise NotTaken(
                item.line,
                f"the slug {item.slug} is that of an item with other SKUs ({found.id}): an import "
                "changes no item that is there.",
            )
        return found

    def _begun(
        self, item: ImportedItem, fields: dict[str, Any], found: found_values.CatalogueItem | None
    ) -> str:
        """Return the id of its draft, which says of itself what the file says."""
        details = msgspec.to_builtins(item.details) | {"fields": fields}
        if found is None:
            body = details | {"type": _type_name(item), "slug": item.slug}
            return self._client.create_item(**body, idempotency_key=_key("item", body)).id
        there = {name: value for name, value in asdict(found).items() if name in details}
        if json.dumps(there, sort_keys=True) != json.dumps(details, sort_keys=True):
            self._client.describe_item(
                found.id, **details, idempotency_key=_key("details", found.id, details)
            )
        return found.id

    def _define(self, item: ImportedItem, id: str) -> None:
        options = msgspec.to_builtins(item.options)
        variants = [msgspec.to_builtins(each.meaning) for each in item.variants]
        self._client.define_variants(
            id,
            options=options,
            variants=[VariantSetting(**each) for each in variants],
            idempotency_key=_key("variants", id, options, variants),
        )

    def _price(self, variant: ImportedVariant) -> None:
        if variant.prices:
            sku, prices = variant.meaning.sku, msgspec.to_builtins(variant.prices)
            self._client.publish_prices(
                sku,
                prices=[_setting(each) for each in variant.prices],
                idempotency_key=_key("prices", sku, prices),
            )

    def _stock(self, variant: ImportedVariant) -> Iterator[Remark]:
        """Receive what there is. The key names the SKU and not how many: no import, of whatever
        file, receives it a second time."""
        sku, location = variant.meaning.sku, self._location
        if variant.units or variant.meaning.oversell:
            self._know("location", location, self._set_location)
        if variant.meaning.oversell:
            self._client.set_stock(
                location=location,
                sku=sku,
                allow_oversell=True,
                idempotency_key=_key("oversell", location, sku),
            )
        if not variant.units:
            return
        try:
            self._client.receive_stock(
                location=location,
                sku=sku,
                quantity=variant.units,
                reference="import",
                **_cost(variant),
                idempotency_key=_key("stock", location, sku),
            )
        except KeyReused:
            yield Remark(variant.line, "stock left as it is: another import has received it")

    # -- what items need --------------------------------------------------------------------------

    def _know(self, what: str, name: str, find: Callable[[], Any]) -> Any:
        """Return what was found, once for all items."""
        with self._lock:
            if (what, name) not in self._known:
                self._known[what, name] = find()
            return self._known[what, name]

    def _fields(self, item: ImportedItem) -> dict[str, Any]:
        """Return the custom fields that the item's type has."""
        name = _type_name(item)
        schema = self._know("type", name, partial(self._item_type, name, item.kind))
        has = schema.get("properties", {})
        return {name: value for name, value in item.details.fields.items() if name in has}

    def _item_type(self, name: str, kind: Kind) -> Any:
        try:
            return self._client.look_at_item_type(name).field_schema
        except NotFound:
            return self._client.publish_item_type(
                name,
                kind=kind.value,
                field_schema=FIELD_SCHEMA,
                idempotency_key=_key("type", name, FIELD_SCHEMA),
            ).field_schema

    def _category(self, locale: str, category: ImportedCategory) -> bool:
        """Begin a category, unless it is there."""
        try:
            self._client.look_at_category(category.slug)
        except NotFound:
            texts = {locale: {"title": category.title}}
            self._client.describe_category(
                category.slug,
                texts=texts,
                parent=category.parent,
                idempotency_key=_key("category", category.slug, texts, category.parent),
            )
        return True

    def _set_location(self) -> bool:
        """Begin the location, unless it is there."""
        if all(each.id != self._location for each in self._client.list_locations().data):
            self._client.set_location(
                id=self._location,
                name=self._location,
                idempotency_key=_key("location", self._location),
            )
        return True


@contextmanager
def connected(url: str, key: str, org: str | None, location: str) -> Iterator[Sender]:
    """Give a sender to a service that is there and takes the key. Raises Stopped."""
    try:
        with Client(url, key, org=org, retries=HASTE) as client:
            client.list_item_types_page(limit=1)
    except (TallystickError, httpx.InvalidURL) as error:
        raise Stopped(f"{url}: {error}") from None
    with Client(url, key, org=org, retries=PATIENCE) as client:
        yield Sender(client, location)


@contextmanager
def _refusals(line: int) -> Iterator[None]:
    """Turn a refusal into one of the row, or into the end of the import."""
    try:
        yield
    except Problem as problem:
        if problem.status in OF_THE_ROW:
            where = f" ({problem.field})" if problem.field else ""
            raise NotTaken(line, f"{problem.detail}{where}") from None
        raise Stopped(f"{problem.status} {problem.detail}") from None
    except TallystickError as error:
        raise Stopped(str(error)) from None


def _left_out(item: ImportedItem, fields: dict[str, Any]) -> list[Remark]:
    """Return a remark for each custom field that the item's type does not have."""
    what = "{} left out: the item type has no such field"
    return [
        Remark(item.line, what.format(name)) for name in item.details.fields if name not in fields
    ]


def _type_name(item: ImportedItem) -> str:
    """Return the item type of a kind: it is called as the kind is."""
    return item.kind.value.replace("_", "-")


def _cost(variant: ImportedVariant) -> dict[str, Any]:
    """Return what its units have cost together, as the client has it said."""
    if variant.paid is None:
        return {}
    amount, currency = variant.paid
    return {"cost": Decimal(format_amount(amount, currency)), "currency": currency}


def _setting(price: BasePrice) -> BasePriceSetting:
    return BasePriceSetting(
        currency=price.currency,
        amount=Decimal(format_amount(price.amount, price.currency)),
        starts_at=None if price.from_us is None else moment(price.from_us),
        ends_at=None if price.until_us is None else moment(price.until_us),
    )


def _past_order(order: ImportedOrder) -> dict[str, Any]:
    """Return what is said of an order, as the client has it said."""
    currency, sent = order.currency, order.shipping

    def amount(of: int) -> Decimal:
        return Decimal(format_amount(of, currency))

    def line(of: OrderedLine) -> LineToImport:
        return LineToImport(
            subtotal=amount(of.subtotal),
            sku=of.sku or None,
            title=of.title or None,
            units=of.units,
            discount=amount(of.discount),
            tax=amount(of.tax),
        )

    what: dict[str, Any] = {
        "source": order.source,
        "number": order.number,
        "currency": currency,
        "placed_at": moment(order.placed_us),
        "status": order.status.value,
        "payment_status": order.payment_status.value,
        "lines": [line(each) for each in order.lines],
        "total": amount(order.total),
        "tax_included": order.is_tax_included,
        "refunded": amount(order.refunded),
        "user": order.user,
        "email": order.email,
        "shipping": None
        if sent is None
        else ShippingToImport(name=sent.name, amount=amount(sent.amount), tax=amount(sent.tax)),
        "shipping_address": _address(order.sent_to),
        "billing_address": _address(order.billed),
        "paid_at": None if order.paid_us is None else moment(order.paid_us),
        "cancelled_at": None if order.ended_us is None else moment(order.ended_us),
    }
    return {name: value for name, value in what.items() if value is not None}


def _address(address: PostalAddress | None) -> AddressSetting | None:
    return None if address is None else AddressSetting(**msgspec.to_builtins(address))


def _key(*of: object) -> str:
    """Return the Idempotency-Key of what is asked for."""
    return f"import-{hashlib.sha256(canonical(of)).hexdigest()}"
