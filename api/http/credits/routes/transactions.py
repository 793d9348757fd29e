"""Transactions, newest first, and one by its id."""

from __future__ import annotations

import asyncio
from typing import Annotated

import msgspec
from fastapi import Query

from api.http.answers import ListAnswer, Ok
from api.http.credits.answers.transactions import TransactionAnswer, transaction_answer
from api.http.credits.permissions import TransactionsReader
from api.http.credits.transaction_ids import parse_transaction_id
from api.http.paging import Cursors, Limit, parse_min_sequence
from api.http.parameters import Sequence, Time, User, check_choice
from api.http.router import Router
from api.queries.credits.transactions import (
    FIRST_PLACE,
    PROJECTION,
    Filters,
    Listed,
    find_transaction,
    list_transactions,
    texts_of,
    texts_of_some,
)
from api.queries.read_models import applied_sequence
from ledger.credits.transactions import Category
from ledger.kernel.errors import NotFound
from ledger.kernel.times import parse_time

router = Router(prefix="/v1/billing/transactions", tags=["transactions"])


@router.get("")
async def transactions(
    caller: TransactionsReader,
    user: User | None = None,
    category: str | None = None,
    from_: Annotated[Time | None, Query(alias="from")] = None,
    to: Time | None = None,
    cursor: str | None = None,
    limit: Limit = None,
    min_sequence: Sequence | None = None,
) -> Ok[ListAnswer[TransactionAnswer]]:
    """An org's transactions, of one user or of all the caller may see.

    A page holds fewer than asked for, and has a `next_cursor`, where metadata are long.
    """
    filters = Filters(
        user=caller.filter(user),
        category=_category(category),
        from_us=None if from_ is None else parse_time(from_, "from"),
        to_us=None if to is None else parse_time(to, "to"),
    )
    cursors = Cursors(caller, "transactions", msgspec.structs.asdict(filters))
    before = cursors.read(cursor, tuple[int, int], FIRST_PLACE)
    page = cursors.page(limit)
    at_least = parse_min_sequence(min_sequence, cursor)
    service = caller.service
    with service.reads.asked(caller.org):
        as_of = await applied_sequence(service.reader, caller.org, PROJECTION, at_least)
        async with service.reads.turn(caller.org):
            reader = service.long_reader
            found = await list_transactions(reader, caller.org, filters, before, page.asked)
            texts, held = await texts_of_some(reader, caller.org, found)
            found = page.cut(found, lambda each: each.place, held)
            return await asyncio.to_thread(
                _listed, caller.own, found, texts, page.next_cursor, as_of
            )


def _listed(
    own: bool, found: list[Listed], texts: dict[str, str], next_cursor: str | None, as_of: int
) -> Ok[ListAnswer[TransactionAnswer]]:
    data = [
        transaction_answer(each.transaction, each.sequence, each.hash, texts, own=own)
        for each in found
    ]
    return Ok(ListAnswer(data, next_cursor, as_of))


@router.get("/{transaction_id}")
async def transaction(caller: TransactionsReader, transaction_id: str) -> Ok[TransactionAnswer]:
    """One transaction, read-your-writes."""
    sequence, line = parse_transaction_id(transaction_id)
    reader = caller.service.reader
    found = await find_transaction(reader, caller.org, sequence, line)
    if not found or not caller.sees(found.transaction.user):
        raise NotFound("there is no transaction of that id.", field="id")
    texts = await texts_of(reader, caller.org, [found])
    return Ok(
        transaction_answer(found.transaction, found.sequence, found.hash, texts, own=caller.own)
    )


def _category(category: str | None) -> str | None:
    check_choice(category, tuple(Category), "category")
    return category
