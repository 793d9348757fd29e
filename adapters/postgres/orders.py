"""Orders in PostgreSQL, as who calls their providers needs them."""

from __future__ import annotations

from collections.abc import Sequence

from adapters.postgres.connection import Connecting
from ledger.ordering.ports import OrderState

_STATE = f"SELECT {', '.join(OrderState._fields)} FROM tally.order_states"
_OF = f"{_STATE} WHERE org = %b AND id = %b"
_WAITING = f"{_STATE} WHERE provider = %b AND waits_us <= %b ORDER BY waits_us LIMIT %b"


class PostgresOrders(Connecting):
    """Where orders are, of every org. Used by one thread at a time."""

    purpose = "orders"

    def of(self, org: str, order: str) -> OrderState | None:
        rows = self._run(_OF, [org, order])
        return OrderState(*rows[0]) if rows else None

    def waiting(self, provider: str, until_us: int, limit: int) -> Sequence[OrderState]:
        rows = self._run(_WAITING, [provider, until_us, limit])
        return [OrderState(*row) for row in rows]
