"""Movement pages, of a gift card or of a store credit alike."""

from __future__ import annotations

from api.http.answers import ListAnswer
from api.http.auth.caller import Caller
from api.http.paging import Cursors, parse_min_sequence
from api.http.stored_value.answers.movements import ValueMovementAnswer, value_movement_answer
from api.queries.read_models import applied_sequence
from api.queries.stored_value.movements import value_movements
from ledger.kernel.limits import AMOUNT_MAX
from ledger.stored_value.value_source import ValueSource


async def movements_page(
    caller: Caller,
    source: ValueSource,
    cursor: str | None,
    limit: str | None,
    min_sequence: str | None,
) -> ListAnswer[ValueMovementAnswer]:
    """Return a page of what has changed a source, the newest first."""
    cursors = Cursors(caller, "stored_value_movements", {"source": source.path})
    before = cursors.read(cursor, int, AMOUNT_MAX)
    page = cursors.page(limit)
    at_least = parse_min_sequence(min_sequence, cursor)
    async with caller.service.reads.read(caller.org):
        reader = caller.service.long_reader
        as_of = await applied_sequence(reader, caller.org, "stored_value_movements", at_least)
        found = await value_movements(reader, caller.org, source, before, page.asked)
    rows = page.cut(found, lambda each: each.sequence)
    return ListAnswer([value_movement_answer(each) for each in rows], page.next_cursor, as_of)
