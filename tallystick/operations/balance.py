"""Operations on balance, waited for.

Made by `python -m tests.client.generator` from `schemas/openapi.json`.
"""

from __future__ import annotations

from datetime import date, datetime

from tallystick.transport import Call, Transport, sent
from tallystick.values.balance import Balance, Balances


class BalanceOperations(Transport):
    """The operations on balance."""

    def balance(
        self,
        *,
        user: str | None = None,
        asset: str | None = None,
        as_of: datetime | date | None = None,
    ) -> Balance:
        """One wallet now, or as of a sequence or an RFC 3339 time."""
        return self._send(
            Call[Balance](
                method="GET",
                path="/v1/billing/balance",
                result=Balance,
                query=sent(user=user, asset=asset, as_of=as_of),
            )
        )

    def balances(
        self, *, user: str | None = None, as_of: datetime | date | None = None
    ) -> Balances:
        """A user's wallets in every asset now, or as of a sequence or an RFC 3339 time."""
        return self._send(
            Call[Balances](
                method="GET",
                path="/v1/billing/balance/all",
                result=Balances,
                query=sent(user=user, as_of=as_of),
            )
        )
