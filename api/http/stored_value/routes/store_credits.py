"""Store credits: what users may spend in a currency, adjusted with a reason, and why it is what it
is."""

from __future__ import annotations

from api.commands.stored_value.store_credits import AdjustStoreCredit
from api.http.answers import Created, ListAnswer, Ok
from api.http.auth.caller import IdempotencyKey
from api.http.conditions import currency_in
from api.http.errors import TooManyReads
from api.http.paging import Cursors, Limit
from api.http.parameters import Sequence, Text, User
from api.http.problem_schemas import may_answer
from api.http.reasons import sealed_reason
from api.http.router import Router
from api.http.stored_value.answers.claims import ValueAdjustmentAnswer, adjustment_answer
from api.http.stored_value.answers.movements import ValueMovementAnswer
from api.http.stored_value.answers.store_credits import StoreCreditAnswer, store_credit_answer
from api.http.stored_value.bodies import StoreCreditAdjustment
from api.http.stored_value.movement_pages import movements_page
from api.http.stored_value.permissions import StoreCreditsReader, StoreCreditsWriter
from api.queries.stored_value.store_credits import store_credits_of
from api.queries.tenancy.directory import head_of
from ledger.kernel.errors import Conflict, NotFound
from ledger.kernel.ids import check_user
from ledger.kernel.money import parse_signed
from ledger.stored_value.value_source import of_store_credit

router = Router(prefix="/v1/store-credits", tags=["stored value"])


@router.get("")
async def list_store_credits(
    caller: StoreCreditsReader,
    user: User | None = None,
    currency: Text | None = None,
    cursor: str | None = None,
    limit: Limit = None,
) -> Ok[ListAnswer[StoreCreditAnswer]]:
    """The store credits of an org by currency and user; of one user, or in one currency."""
    filters = {
        "user": caller.filter(user),
        "currency": None if currency is None else currency_in(currency),
    }
    cursors = Cursors(caller, "store-credits", filters)
    after = cursors.read(cursor, str, "")
    page = cursors.page(limit)
    service = caller.service
    as_of = await head_of(service.reader, caller.org)
    found = await store_credits_of(
        service.reader, caller.org, filters, after, page.asked, service.clock()
    )
    rows = page.cut(found, lambda each: each.path)
    return Ok(ListAnswer([store_credit_answer(each) for each in rows], page.next_cursor, as_of))


@router.post("/adjust", openapi_extra=may_answer(NotFound, Conflict))
async def adjust_store_credit(
    caller: StoreCreditsWriter, key: IdempotencyKey, body: StoreCreditAdjustment
) -> Created[ValueAdjustmentAnswer]:
    """Credit a user in a currency, or below zero take some back, but not what orders have claimed.
    With an `order` it is a refund of that, as store credit; without it is goodwill."""
    currency = currency_in(body.currency)
    amount = parse_signed(body.amount, currency, "amount")
    sent = {name: each for name, each in body.sent().items() if name != "reason"}
    command = AdjustStoreCredit(
        **caller.asks(key),
        sent=sent | {"amount": amount},
        user=body.user,
        amount=amount,
        currency=currency,
        reason=sealed_reason(caller, body.reason, body.user),
        refund_of=body.order,
    )
    result = await caller.service.writer.submit(command)
    reason = None if result.erased else body.reason
    return Created(adjustment_answer(result.stored_fact, reason), replayed=result.replayed)


@router.get("/movements", openapi_extra=may_answer(TooManyReads))
async def list_movements_of_store_credit(
    caller: StoreCreditsReader,
    currency: Text,
    user: User | None = None,
    cursor: str | None = None,
    limit: Limit = None,
    min_sequence: Sequence | None = None,
) -> Ok[ListAnswer[ValueMovementAnswer]]:
    """What has changed a user's store credit in a currency, the newest first; without `user` the
    caller's own."""
    of = caller.user(None if user is None else check_user(user))
    source = of_store_credit(of, currency_in(currency))
    return Ok(await movements_page(caller, source, cursor, limit, min_sequence))
