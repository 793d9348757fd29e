"""Operations on orders, waited for.

Made by `python -m tests.client.generator` from `schemas/openapi.json`.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from decimal import Decimal
from typing import Literal

from tallystick.json_values import Page, new_id, sent_json, to_json
from tallystick.transport import Call, Transport, path, sent
from tallystick.values.orders import (
    AddressSetting,
    Destination,
    EditedLine,
    LineToImport,
    LineToOrder,
    LineToRefund,
    ListedOrder,
    Order,
    OrderDispute,
    OrderEdit,
    OrderEvidence,
    OrderPayment,
    OrderPolicy,
    OrderQuote,
    OrderRefund,
    PlacedOrder,
    ShippingToImport,
)


class OrdersOperations(Transport):
    """The operations on orders."""

    def quote_order(
        self,
        *,
        lines: Sequence[LineToOrder],
        currency: str,
        group: str | None = None,
        price_list: str | None = None,
        codes: Sequence[str] | None = None,
        user: str | None = None,
        first_order: bool | None = None,
        ship_to: Destination | None = None,
        shipping: str | None = None,
    ) -> OrderQuote:
        """Price an order as it would be placed now: every line with all that makes its amount, and
        what they come to together; which promotions apply, and why a code does not.
        """
        return self._send(
            Call[OrderQuote](
                method="POST",
                path="/v1/orders/quote",
                result=OrderQuote,
                query={},
                body={
                    "lines": to_json(lines),
                    "currency": to_json(currency),
                    **sent_json(
                        group=group,
                        price_list=price_list,
                        codes=codes,
                        user=user,
                        first_order=first_order,
                        ship_to=ship_to,
                        shipping=shipping,
                    ),
                },
            )
        )

    def check_out(
        self,
        *,
        expected_total: Decimal | int,
        guest_secret: str | None = None,
        expected_payment: Decimal | int | None = None,
        gift_cards: Sequence[str] | None = None,
        store_credit: bool | Decimal | int | None = None,
        payment: OrderPayment | None = None,
        cart: str | None = None,
        lines: Sequence[LineToOrder] | None = None,
        currency: str | None = None,
        user: str | None = None,
        codes: Sequence[str] | None = None,
        group: str | None = None,
        price_list: str | None = None,
        email: str | None = None,
        shipping_address: AddressSetting | None = None,
        billing_address: AddressSetting | None = None,
        shipping: str | None = None,
        idempotency_key: str | None = None,
    ) -> PlacedOrder:
        """Place an order, if it costs what its buyer was told: its stock is set aside, its
        promotions are redeemed and what gift cards and store credit pay is theirs no more, at
        once.
        """
        return self._send(
            Call[PlacedOrder](
                method="POST",
                path="/v1/checkout",
                result=PlacedOrder,
                query={},
                body={
                    "expected_total": to_json(expected_total),
                    **sent_json(
                        expected_payment=expected_payment,
                        gift_cards=gift_cards,
                        store_credit=store_credit,
                        payment=payment,
                        cart=cart,
                        lines=lines,
                        currency=currency,
                        user=user,
                        codes=codes,
                        group=group,
                        price_list=price_list,
                        email=email,
                        shipping_address=shipping_address,
                        billing_address=billing_address,
                        shipping=shipping,
                    ),
                },
                headers=sent(**{"Guest-Secret": guest_secret}),
                key=idempotency_key or new_id(),
            )
        )

    def get_order_policy(self) -> OrderPolicy:
        """What the org has decided of orders, or what holds where it has not."""
        return self._send(
            Call[OrderPolicy](method="GET", path="/v1/orders/policy", result=OrderPolicy, query={})
        )

    def set_order_policy(
        self, *, capture: Literal["now", "at_shipment"], idempotency_key: str | None = None
    ) -> OrderPolicy:
        """Decide when the money of orders is taken that are placed from now on: `now`, or
        `at_shipment` of those of which all is sent; their buyers' banks keep it until then.
        """
        return self._send(
            Call[OrderPolicy](
                method="PUT",
                path="/v1/orders/policy",
                result=OrderPolicy,
                query={},
                body={"capture": to_json(capture)},
                key=idempotency_key or new_id(),
            )
        )

    def edit_order(
        self,
        order: str,
        *,
        expected_payment: Decimal | int | None = None,
        gift_cards: Sequence[str] | None = None,
        store_credit: bool | Decimal | int | None = None,
        payment: OrderPayment | None = None,
        lines: Sequence[EditedLine] | None = None,
        add: Sequence[LineToOrder] | None = None,
        shipping: str | None = None,
        expected_refund: Decimal | int | None = None,
        expected_total: Decimal | int | None = None,
        reason: str | None = None,
        idempotency_key: str | None = None,
    ) -> OrderEdit:
        """Edit an order that is confirmed, before it is fulfilled: what is taken out goes back at
        what it was sold for, and what is added is an order of its own, at its prices of now and
        paid by itself.
        """
        return self._send(
            Call[OrderEdit](
                method="POST",
                path=path("/v1/orders/{order}/edit", order=order),
                result=OrderEdit,
                query={},
                body=sent_json(
                    expected_payment=expected_payment,
                    gift_cards=gift_cards,
                    store_credit=store_credit,
                    payment=payment,
                    lines=lines,
                    add=add,
                    shipping=shipping,
                    expected_refund=expected_refund,
                    expected_total=expected_total,
                    reason=reason,
                ),
                key=idempotency_key or new_id(),
            )
        )

    def list_order_disputes(
        self,
        *,
        user: str | None = None,
        order: str | None = None,
        status: str | None = None,
        cursor: str | None = None,
        limit: int | None = None,
        min_sequence: int | None = None,
    ) -> Iterator[OrderDispute]:
        """Disputes of an org's orders, of one user, of one order, or of all the caller may see,
        those opened last first.
        """
        return self._pages(
            Call[Page[OrderDispute]](
                method="GET",
                path="/v1/orders/disputes",
                result=Page[OrderDispute],
                query=sent(
                    user=user,
                    order=order,
                    status=status,
                    cursor=cursor,
                    limit=limit,
                    min_sequence=min_sequence,
                ),
            ),
            cursor,
        )

    def list_order_disputes_page(
        self,
        *,
        user: str | None = None,
        order: str | None = None,
        status: str | None = None,
        cursor: str | None = None,
        limit: int | None = None,
        min_sequence: int | None = None,
    ) -> Page[OrderDispute]:
        """Disputes of an org's orders, of one user, of one order, or of all the caller may see,
        those opened last first.
        """
        return self._send(
            Call[Page[OrderDispute]](
                method="GET",
                path="/v1/orders/disputes",
                result=Page[OrderDispute],
                query=sent(
                    user=user,
                    order=order,
                    status=status,
                    cursor=cursor,
                    limit=limit,
                    min_sequence=min_sequence,
                ),
            )
        )

    def send_order_evidence(
        self,
        order: str,
        dispute: str,
        *,
        texts: Mapping[str, str] | None = None,
        idempotency_key: str | None = None,
    ) -> OrderEvidence:
        """Hand in what speaks against a dispute of an order, while the bank has not decided:
        texts, or what is recorded of what was bought and sent.
        """
        return self._send(
            Call[OrderEvidence](
                method="POST",
                path=path(
                    "/v1/orders/{order}/disputes/{dispute}/evidence", order=order, dispute=dispute
                ),
                result=OrderEvidence,
                query={},
                body=sent_json(texts=texts),
                key=idempotency_key or new_id(),
            )
        )

    def import_order(
        self,
        *,
        source: str,
        number: str,
        currency: str,
        placed_at: datetime,
        status: Literal[
            "pending",
            "confirmed",
            "processing",
            "partially_fulfilled",
            "fulfilled",
            "refunded",
            "payment_failed",
            "cancelled",
        ],
        payment_status: Literal[
            "unpaid", "authorised", "paid", "partly_refunded", "refunded", "disputed"
        ],
        lines: Sequence[LineToImport],
        total: Decimal | int,
        user: str | None = None,
        shipping: ShippingToImport | None = None,
        tax_included: bool | None = None,
        refunded: Decimal | int | None = None,
        paid_at: datetime | None = None,
        cancelled_at: datetime | None = None,
        email: str | None = None,
        shipping_address: AddressSetting | None = None,
        billing_address: AddressSetting | None = None,
        idempotency_key: str | None = None,
    ) -> Order:
        """Record an order of another shop software as it was there, once for its number: it moves
        no stock, no money and no number of yours, and is seen among the orders of its own date.
        """
        return self._send(
            Call[Order](
                method="POST",
                path="/v1/orders/imports",
                result=Order,
                query={},
                body={
                    "source": to_json(source),
                    "number": to_json(number),
                    "currency": to_json(currency),
                    "placed_at": to_json(placed_at),
                    "status": to_json(status),
                    "payment_status": to_json(payment_status),
                    "lines": to_json(lines),
                    "total": to_json(total),
                    **sent_json(
                        user=user,
                        shipping=shipping,
                        tax_included=tax_included,
                        refunded=refunded,
                        paid_at=paid_at,
                        cancelled_at=cancelled_at,
                        email=email,
                        shipping_address=shipping_address,
                        billing_address=billing_address,
                    ),
                },
                key=idempotency_key or new_id(),
            )
        )

    def list_orders(
        self,
        *,
        user: str | None = None,
        status: str | None = None,
        cursor: str | None = None,
        limit: int | None = None,
        min_sequence: int | None = None,
    ) -> Iterator[ListedOrder]:
        """An org's orders, of one user or of all the caller may see, those placed last first."""
        return self._pages(
            Call[Page[ListedOrder]](
                method="GET",
                path="/v1/orders",
                result=Page[ListedOrder],
                query=sent(
                    user=user, status=status, cursor=cursor, limit=limit, min_sequence=min_sequence
                ),
            ),
            cursor,
        )

    def list_orders_page(
        self,
        *,
        user: str | None = None,
        status: str | None = None,
        cursor: str | None = None,
        limit: int | None = None,
        min_sequence: int | None = None,
    ) -> Page[ListedOrder]:
        """An org's orders, of one user or of all the caller may see, those placed last first."""
        return self._send(
            Call[Page[ListedOrder]](
                method="GET",
                path="/v1/orders",
                result=Page[ListedOrder],
                query=sent(
                    user=user, status=status, cursor=cursor, limit=limit, min_sequence=min_sequence
                ),
            )
        )

    def look_at_order(self, order: str, *, guest_secret: str | None = None) -> Order:
        """An order: its terms, what has happened to it, and what can be done with it."""
        return self._send(
            Call[Order](
                method="GET",
                path=path("/v1/orders/{order}", order=order),
                result=Order,
                query={},
                headers=sent(**{"Guest-Secret": guest_secret}),
            )
        )

    def confirm_transfer(
        self,
        order: str,
        *,
        reference: str,
        paid_at: datetime | None = None,
        idempotency_key: str | None = None,
    ) -> Order:
        """Confirm that the bank transfer of an order came: one transfer pays one order."""
        return self._send(
            Call[Order](
                method="POST",
                path=path("/v1/orders/{order}/confirm-transfer", order=order),
                result=Order,
                query={},
                body={"reference": to_json(reference), **sent_json(paid_at=paid_at)},
                key=idempotency_key or new_id(),
            )
        )

    def cancel_order(
        self, order: str, *, reason: str | None = None, idempotency_key: str | None = None
    ) -> Order:
        """Cancel an order before it is fulfilled: its stock and its promotions are free again, so
        is its cart if it was not paid, and what was paid goes back.
        """
        return self._send(
            Call[Order](
                method="POST",
                path=path("/v1/orders/{order}/cancel", order=order),
                result=Order,
                query={},
                body=sent_json(reason=reason),
                key=idempotency_key or new_id(),
            )
        )

    def capture_order(self, order: str) -> Order:
        """Take the money that a bank keeps for an order: once, however often it is asked."""
        return self._send(
            Call[Order](
                method="POST",
                path=path("/v1/orders/{order}/capture", order=order),
                result=Order,
                query={},
            )
        )

    def request_order_refund(
        self,
        order: str,
        *,
        lines: Sequence[LineToRefund] | None = None,
        amount: Decimal | int | None = None,
        reason: str | None = None,
        idempotency_key: str | None = None,
    ) -> OrderRefund:
        """Ask for money of an order to go back: the exact share of units, or an amount, never more
        than was paid.
        """
        return self._send(
            Call[OrderRefund](
                method="POST",
                path=path("/v1/orders/{order}/refunds", order=order),
                result=OrderRefund,
                query={},
                body=sent_json(lines=lines, amount=amount, reason=reason),
                key=idempotency_key or new_id(),
            )
        )

    def confirm_order_refund(
        self, order: str, refund: str, *, reference: str, idempotency_key: str | None = None
    ) -> OrderRefund:
        """Confirm that a refund was sent by a bank transfer: that of an order that was paid by
        one.
        """
        return self._send(
            Call[OrderRefund](
                method="POST",
                path=path(
                    "/v1/orders/{order}/refunds/{refund}/confirm", order=order, refund=refund
                ),
                result=OrderRefund,
                query={},
                body={"reference": to_json(reference)},
                key=idempotency_key or new_id(),
            )
        )
