"""The story of an order: checked out with a gift card, listed, the rest of it paid by a transfer,
refunded in part, sent back, cancelled; and one whose money is captured."""

from __future__ import annotations

from collections.abc import Mapping

from api.commands.ordering.payments import RecordOrderHappenings
from ledger.kernel.actor import Actor
from ledger.purchases.notice import DisputeChanged, DisputeState, Money
from tests.api.purchases.story import record
from tests.api.served import Api, Served, done

CHECKOUT, ORDERS = "/v1/checkout", "/v1/orders"
MUG = {"sku": "MUG-BLUE", "units": 2}
ADA = {"name": "Ada Lovelace", "country": "GB", "address": ["12 St James's Square"]}

PAST = {
    "source": "shopify",
    "number": "#1001",
    "currency": "usd",
    "placed_at": "2024-04-16T12:17:26Z",
    "paid_at": "2024-04-16T12:17:30Z",
    "status": "fulfilled",
    "payment_status": "paid",
    "lines": [{"sku": "MUG-BLUE", "title": "Blue mug", "units": 2, "subtotal": "20.00"}],
    "total": "20.00",
    "user": "ada",
}


def tell(service: Served) -> None:
    """Ask for everything that there is to ask of orders."""
    acme = service.operator_of("acme")
    prices = {"prices": [{"currency": "usd", "amount": "12.50"}]}
    done(acme.send("/v1/prices/skus/MUG-BLUE", prices, method="PUT"))
    gift_card = done(acme.send("/v1/gift-cards", {"amount": "10.00", "currency": "usd"}))
    body = {
        "lines": [MUG],
        "currency": "usd",
        "expected_total": "25.00",
        "gift_cards": [gift_card["code"]],
        "payment": {"provider": "manual"},
        "email": "ada@example.com",
        "shipping_address": ADA,
    }
    order = done(acme.send(CHECKOUT, body))["order"]
    one = f"{ORDERS}/{order}"
    done(acme.send(f"{one}/confirm-transfer", {"reference": "SEPA 2026-0042"}))
    back = {"lines": [{"line": 1, "units": 1}], "reason": "it arrived broken"}
    other = {"lines": [{"line": 1, "units": 1}], "add": [{"sku": "MUG-BLUE", "units": 1}]}
    done(acme.send(f"{one}/edit", other))
    paid = {"expected_refund": "12.50", "expected_total": "12.50", "payment": body["payment"]}
    done(acme.send(f"{one}/edit", other | paid | {"reason": "a new one"}))
    refund = done(acme.send(f"{one}/refunds", back))["refund"]
    done(acme.send(f"{one}/refunds/{refund}/confirm", {"reference": "SEPA 2026-0043"}))
    done(acme.get(one))
    done(acme.get(ORDERS, limit="1"))
    done(acme.send(f"{ORDERS}/imports", PAST))
    done(acme.send(f"{one}/cancel", {"reason": "the rest is not wanted any more"}))
    _capture(acme)
    _tell_dispute(service, body)


def _capture(acme: Api) -> None:
    """An order whose money is taken when it is sent, or before."""
    policy = f"{ORDERS}/policy"
    done(acme.send(policy, {"capture": "at_shipment"}, method="PUT"))
    done(acme.get(policy))
    body = {
        "lines": [{"sku": "MUG-BLUE", "units": 1}],
        "currency": "usd",
        "expected_total": "12.50",
        "user": "ada",
        "payment": {"provider": "stripe", "payment_method": "pm_card_visa"},
    }
    order = done(acme.send(CHECKOUT, body))["order"]
    done(acme.send(f"{ORDERS}/{order}/capture"))
    done(acme.send(policy, {"capture": "now"}, method="PUT"))


def _tell_dispute(service: Served, body: Mapping[str, object]) -> None:
    acme = service.operator_of("acme")
    card = {"user": "ada", "gift_cards": []}
    order = done(acme.send(CHECKOUT, {**body, **card}))["order"]
    done(acme.send(f"{ORDERS}/{order}/confirm-transfer", {"reference": "SEPA 2026-0044"}))
    money = Money(2_500, "usd")
    disputed = DisputeChanged(
        "dp_8", "SEPA 2026-0044", money, "fraudulent", DisputeState.OPEN, 1_790_000_000_000_000
    )
    record(service, RecordOrderHappenings("acme", Actor("manual", "", ""), order, [disputed]))
    texts = {"uncategorized": "signed for by Ada Lovelace"}
    done(acme.send(f"{ORDERS}/{order}/disputes/dp_8/evidence", {"texts": texts}))
    done(acme.get(f"{ORDERS}/disputes", order=order))
