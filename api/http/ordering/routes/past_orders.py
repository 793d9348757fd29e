"""Past orders: orders of another shop software, recorded as they were there."""

from __future__ import annotations

from api.commands.ordering.past_orders import ImportOrder
from api.http.answers import Created
from api.http.auth.caller import Caller, IdempotencyKey
from api.http.ordering.answers.orders import OrderAnswer, order_answer
from api.http.ordering.past_bodies import PastOrderAsked, contact_in, terms_in
from api.http.ordering.permissions import OrdersImporter
from api.http.problem_schemas import may_answer
from api.http.router import Router
from api.queries.ordering.orders import history_of, order_of
from ledger.kernel.canonical import canonical
from ledger.kernel.errors import Conflict
from ledger.kernel.money import parse_amount_or_zero
from ledger.kernel.texts import Text
from ledger.ordering.contact import CONTACT
from ledger.ordering.past_order_id import past_order_id
from ledger.ordering.past_terms import PastContact

router = Router(prefix="/v1/orders/imports", tags=["orders"])


@router.post("", openapi_extra=may_answer(Conflict))
async def import_order(
    caller: OrdersImporter, key: IdempotencyKey, body: PastOrderAsked
) -> Created[OrderAnswer]:
    """Record an order of another shop software as it was there, once for its number: it moves no
    stock, no money and no number of yours, and is seen among the orders of its own date."""
    terms, contact = terms_in(body), contact_in(body)
    refunded = parse_amount_or_zero(body.refunded, terms.currency, "refunded")
    order = past_order_id(body.source, body.number)
    what = {
        "source": body.source,
        "number": body.number,
        "user": body.user,
        "status": body.status,
        "payment_status": body.payment_status,
        "placed_us": body.placed_at,
        "refunded": refunded,
        "paid_us": body.paid_at,
        "ended_us": body.cancelled_at,
    }
    command = ImportOrder(
        **caller.asks(key),
        sent=what | {"terms": terms},  # who it was for is erasable: compared by its digest
        contact=None if contact is None else _sealed(caller, contact, body.user or order),
        source=body.source,
        number=body.number,
        user=body.user,
        terms=terms,
        status=body.status,
        payment_status=body.payment_status,
        placed_us=body.placed_at,
        refunded=refunded,
        paid_us=body.paid_at,
        ended_us=body.cancelled_at,
    )
    result = await caller.service.writer.submit(command)
    reader = caller.service.reader
    found = await order_of(reader, caller.org, order)
    assert found is not None, "its row is written with its fact"
    history = await history_of(reader, caller.org, order)
    return Created(order_answer(found, history, []), replayed=result.replayed)


def _sealed(caller: Caller, contact: PastContact, person: str) -> Text:
    return caller.seal(canonical(contact).decode(), CONTACT, person)
