"""Payers: who they are on invoices, and where they are taxed."""

from __future__ import annotations

from api.commands.invoices.settings import SetPayerDetails
from api.http.answers import Ok
from api.http.auth.caller import IdempotencyKey
from api.http.invoices.answers.settings import PayerDetailsAnswer, payer_answer
from api.http.invoices.bodies import PayerDetailsAsked
from api.http.invoices.permissions import PayersReader, PayersWriter
from api.http.parameters import User
from api.http.problem_schemas import may_answer
from api.http.router import Router
from api.queries.invoices.settings import payer_of
from ledger.invoices.payer import PAYER, Address, check_payer
from ledger.invoices.payer_details import PayerDetails
from ledger.kernel.canonical import canonical
from ledger.kernel.errors import NotFound
from ledger.kernel.ids import check_user

router = Router(prefix="/v1/billing/payer-details", tags=["invoices"])


@router.get("", openapi_extra=may_answer(NotFound))
async def get_payer_details(
    caller: PayersReader, user: User | None = None
) -> Ok[PayerDetailsAnswer]:
    """What is known of a payer."""
    asked = caller.user(None if user is None else check_user(user))
    found = await payer_of(caller.service.reader, caller.org, asked)
    if found is None:
        raise NotFound("nothing is known of this payer.", field="user")
    return Ok(payer_answer(asked, found.payer, found.address))


@router.put("")
async def set_payer_details(
    caller: PayersWriter, key: IdempotencyKey, body: PayerDetailsAsked
) -> Ok[PayerDetailsAnswer]:
    """Say who a payer is and where, for what is issued from now on."""
    user = caller.user(body.user)
    given = Address(
        name=body.name,
        address=body.address or [],
        postal_code=body.postal_code,
        city=body.city,
        vat_id=body.vat_id,
        email=body.email,
    )
    address, place = check_payer(given, body.country, body.region, body.language)
    content = canonical(address).decode()
    command = SetPayerDetails(
        **caller.asks(key),
        sent=caller.says(
            {
                "user": user,
                "country": body.country,
                "region": body.region,
                "language": body.language,
            }
        ),
        user=user,
        place=place,
        address=caller.seal(content, PAYER, user),
        language=body.language,
    )
    result = await caller.service.writer.submit(command)
    fact = result.stored_fact.fact
    assert isinstance(fact, PayerDetails.PayerDetailsSet)
    value = payer_answer(user, fact.payer, None if result.erased else address)
    return Ok(value, replayed=result.replayed)
