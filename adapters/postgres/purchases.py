"""Purchases in PostgreSQL, as who calls their providers needs them."""

from __future__ import annotations

import json
from collections.abc import Sequence

from adapters.postgres.connection import Connecting
from ledger.purchases.ports import PaidInvoice, PurchaseState

_STATE = f"SELECT {', '.join(PurchaseState._fields)} FROM tally.purchase_states"
_OF = f"{_STATE} WHERE org = %b AND id = %b"
_OF_PAYMENT = f"{_STATE} WHERE provider = %b AND payment = %b"
_OF_SESSION = f"{_STATE} WHERE provider = %b AND session = %b"
_OF_METHOD = "SELECT org, owner FROM tally.recharge_rules WHERE method = %b LIMIT 1"
_WAITING = f"{_STATE} WHERE provider = %b AND waits_us <= %b ORDER BY waits_us LIMIT %b"
_PAID_BY = """
SELECT org, id FROM tally.invoice_states WHERE invoice->'payments' @> %b::jsonb LIMIT 1
"""
_PAYMENTS = """
SELECT each->>'reference'
  FROM tally.invoice_states, jsonb_array_elements(invoice->'payments') AS each
 WHERE org = %b AND id = %b AND each->>'method' = %b AND each->>'reference' IS NOT NULL
"""

_HAS_ANY = """
SELECT EXISTS (SELECT FROM tally.purchase_states WHERE provider = %b AND session IS NOT NULL)
    OR EXISTS (SELECT FROM tally.purchase_states WHERE provider = %b AND payment IS NOT NULL)
    OR (%b = 'stripe' AND EXISTS (SELECT FROM tally.subscription_states))
    OR EXISTS (SELECT FROM tally.order_states WHERE provider = %b)
"""
_HEARD = """
SELECT max(split_part(key, '/', 2)::bigint)
  FROM tally.effects
 WHERE org = 'platform' AND effect = 'missed-notices' AND outcome = 'done'
   AND split_part(key, '/', 1) = %b
"""


class PostgresPurchases(Connecting):
    """Where purchases are, of every org. Used by one thread at a time."""

    purpose = "purchases"

    def of(self, org: str, purchase: str) -> PurchaseState | None:
        return self._state(_OF, org, purchase)

    def of_payment(self, provider: str, payment: str) -> PurchaseState | None:
        return self._state(_OF_PAYMENT, provider, payment)

    def of_session(self, provider: str, session: str) -> PurchaseState | None:
        return self._state(_OF_SESSION, provider, session)

    def of_method(self, method: str) -> tuple[str, str] | None:
        rows = self._run(_OF_METHOD, [method])
        return (rows[0][0], rows[0][1]) if rows else None

    def invoice_paid_by(self, provider: str, payment: str) -> PaidInvoice | None:
        wanted = json.dumps([{"method": provider, "reference": payment}])
        rows = self._run(_PAID_BY, [wanted])
        return PaidInvoice(*rows[0]) if rows else None

    def payments_of(self, provider: str, org: str, invoice: str) -> Sequence[str]:
        return [payment for (payment,) in self._run(_PAYMENTS, [org, invoice, provider])]

    def waiting(self, provider: str, until_us: int, limit: int) -> Sequence[PurchaseState]:
        rows = self._run(_WAITING, [provider, until_us, limit])
        return [PurchaseState(*row) for row in rows]

    def has_any(self, provider: str) -> bool:
        return bool(self._run(_HAS_ANY, [provider] * 4)[0][0])

    def heard_until(self, provider: str) -> int | None:
        ((until_us,),) = self._run(_HEARD, [provider])
        return None if until_us is None else int(until_us)

    def _state(self, query: str, *place: str) -> PurchaseState | None:
        rows = self._run(query, place)
        return PurchaseState(*rows[0]) if rows else None
