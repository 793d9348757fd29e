"""Order files in PostgreSQL: what read models, events and texts say of an order."""

from __future__ import annotations

from adapters.postgres.connection import Connecting
from adapters.postgres.purchase_files import TEXT
from ledger.kernel.decoding import decoded
from ledger.ordering.contact import Contact
from ledger.ordering.order_file import OrderFile, SentParcel
from ledger.purchases.notice import Money

_ORDER = """
SELECT o.number, o.owner, o.total, o.currency, s.refunded, o.placed_us, o.paid_us, t.content
  FROM tally.orders o
  JOIN tally.order_states s ON s.org = o.org AND s.id = o.order_id
  JOIN tally.events e ON e.org = o.org AND e.stream = 'order/' || o.order_id AND e.version = 1
  LEFT JOIN tally.texts t
         ON t.org = o.org AND t.digest = convert_from(e.body, 'UTF8')::jsonb ->> 'contact'
 WHERE o.org = %b AND o.order_id = %b AND o.placed_us IS NOT NULL
"""
_LINES = """
SELECT units, sku FROM tally.order_lines WHERE org = %b AND order_id = %b ORDER BY line_id
"""
_PARCELS = """
SELECT carrier, tracking_number, tracking_url, shipped_us, delivered_us
  FROM tally.shipments
 WHERE org = %b AND order_id = %b AND shipped_us IS NOT NULL
 ORDER BY shipped_us, shipment
"""


class PostgresOrderFiles(Connecting):
    """What is recorded of orders, for evidence. Used by one thread at a time."""

    purpose = "order files"

    def of(self, org: str, order: str) -> OrderFile | None:
        rows = self._run(_ORDER, [org, order])
        if not rows:
            return None
        number, owner, amount, currency, refunded, placed_us, paid_us, contact = rows[0]
        return OrderFile(
            order,
            number,
            owner,
            Money(amount, currency),
            refunded,
            placed_us,
            paid_us,
            [(units, sku) for units, sku in self._run(_LINES, [org, order])],
            [SentParcel(*row) for row in self._run(_PARCELS, [org, order])],
            decoded(contact, Contact) if contact else Contact(),
        )

    def text(self, org: str, digest: str) -> str | None:
        rows = self._run(TEXT, [org, digest])
        return rows[0][0] if rows else None
