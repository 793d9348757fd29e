"""The part of the golden story that is about internal transfers: every fact of them, with a user
and a reason and without."""

from __future__ import annotations

from ledger.internal_transfers.internal_transfer import InternalTransfer
from tests.formats.story_of_credits import Step
from tests.scenarios.order_commands import cancel, place
from tests.scenarios.stock_commands import receive
from tests.scenarios.transfer_commands import moving, send, take_in, turn_away

TAKEN, GIVEN_UP = 111, 112
"""The orders."""


def groups_of_internal_transfers() -> list[tuple[str, list[Step]]]:
    """What happens, and when."""
    laptops = moving(("LAPTOP", 4, 0))
    steps: list[Step] = [
        receive(9, sku="LAPTOP", key="laptops", cost=9_000),
        place(TAKEN, laptops, provider=None),
        *(send(3, TAKEN), take_in(1, TAKEN)),
        *(turn_away(1, TAKEN, reason="scratched"), turn_away(number=TAKEN)),
        *(place(GIVEN_UP, laptops, user=None, guest="0" * 64, provider=None), cancel(GIVEN_UP)),
    ]
    return [("2026-07-04T00:00:00Z", steps)]


def state_of_internal_transfers(aggregate: InternalTransfer) -> list[object]:
    """What an internal transfer remembers."""
    what = [aggregate.order, aggregate.line, aggregate.sku, aggregate.user, aggregate.units]
    worth = [aggregate.worth, aggregate.currency]
    return [*what, aggregate.from_location, aggregate.to_location, *worth]
