"""Customers: the list, and one with all that is known of it."""

from __future__ import annotations

from api.http.answers import ListAnswer, Ok
from api.http.customers.answers import (
    CustomerAnswer,
    WholeCustomerAnswer,
    customer_answer,
    whole_answer,
)
from api.http.customers.permissions import CustomersReader
from api.http.errors import TooManyReads
from api.http.paging import Cursors, Limit, parse_min_sequence
from api.http.parameters import Sequence, User
from api.http.problem_schemas import may_answer
from api.http.router import Router
from api.queries.customers.customers import CUSTOMERS, customers_of, details_of
from api.queries.read_models import applied_sequence
from ledger.kernel.errors import NotFound
from ledger.kernel.ids import check_user

router = Router(prefix="/v1/customers", tags=["customers"])


@router.get("", openapi_extra=may_answer(TooManyReads))
async def list_customers(
    caller: CustomersReader,
    user: User | None = None,
    cursor: str | None = None,
    limit: Limit = None,
    min_sequence: Sequence | None = None,
) -> Ok[ListAnswer[CustomerAnswer]]:
    """An org's customers by their ids: users who have a profile, an address or a confirmed
    order."""
    asked = caller.filter(user)
    cursors = Cursors(caller, CUSTOMERS, {"user": asked})
    after, page = cursors.read(cursor, str, ""), cursors.page(limit)
    at_least = parse_min_sequence(min_sequence, cursor)
    async with caller.service.reads.read(caller.org):
        reader = caller.service.long_reader
        as_of = await applied_sequence(reader, caller.org, CUSTOMERS, at_least)
        found = await customers_of(reader, caller.org, asked, after, page.asked)
    found = page.cut(found, lambda each: each.user)
    return Ok(ListAnswer([customer_answer(each) for each in found], page.next_cursor, as_of))


@router.get("/{user}", openapi_extra=may_answer(NotFound, TooManyReads))
async def look_at_customer(caller: CustomersReader, user: str) -> Ok[WholeCustomerAnswer]:
    """A customer, with its addresses and what it has bought."""
    named = check_user(user)
    async with caller.service.reads.read(caller.org):
        reader = caller.service.long_reader
        await applied_sequence(reader, caller.org, CUSTOMERS, None)
        found = await customers_of(reader, caller.org, named, "", 1)
    if not found or not caller.sees(named):
        raise NotFound("there is no customer of that id.", field="id")
    details = await details_of(caller.service.reader, caller.org, named)
    return Ok(whole_answer(found[0], details))
