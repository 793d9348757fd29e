"""Operations on corrections, waited for.

Made by `python -m tests.client.generator` from `schemas/openapi.json`.
"""

from __future__ import annotations

from decimal import Decimal

from tallystick.json_values import new_id, sent_json, to_json
from tallystick.transport import Call, Transport, path
from tallystick.values.corrections import Suspension
from tallystick.values.usage import (
    Transaction,
)


class CorrectionsOperations(Transport):
    """The operations on corrections."""

    def reverse(
        self,
        transaction_id: str,
        *,
        reason: str,
        amount: Decimal | int | None = None,
        idempotency_key: str | None = None,
    ) -> Transaction:
        """Take back a debit, a deposit or a grant, or a part: never more than the original."""
        return self._send(
            Call[Transaction](
                method="POST",
                path=path(
                    "/v1/billing/transactions/{transaction_id}/reverse",
                    transaction_id=transaction_id,
                ),
                result=Transaction,
                query={},
                body={"reason": to_json(reason), **sent_json(amount=amount)},
                key=idempotency_key or new_id(),
            )
        )

    def adjust(
        self, *, user: str, amount: Decimal | int, reason: str, idempotency_key: str | None = None
    ) -> Transaction:
        """Add credit by hand, or with a minus take it; taking never makes debt."""
        return self._send(
            Call[Transaction](
                method="POST",
                path="/v1/billing/adjustments",
                result=Transaction,
                query={},
                body={"user": to_json(user), "amount": to_json(amount), "reason": to_json(reason)},
                key=idempotency_key or new_id(),
            )
        )

    def zap(self, *, user: str, reason: str, idempotency_key: str | None = None) -> Transaction:
        """Clear a wallet: what is left and what is owed."""
        return self._send(
            Call[Transaction](
                method="POST",
                path="/v1/billing/zap",
                result=Transaction,
                query={},
                body={"user": to_json(user), "reason": to_json(reason)},
                key=idempotency_key or new_id(),
            )
        )

    def suspend(self, user: str, *, reason: str, idempotency_key: str | None = None) -> Suspension:
        """Refuse holds, and debits that ask for it; what was done is still charged."""
        return self._send(
            Call[Suspension](
                method="POST",
                path=path("/v1/billing/wallets/{user}/suspend", user=user),
                result=Suspension,
                query={},
                body={"reason": to_json(reason)},
                key=idempotency_key or new_id(),
            )
        )

    def resume(self, user: str, *, reason: str, idempotency_key: str | None = None) -> Suspension:
        """Admit again."""
        return self._send(
            Call[Suspension](
                method="POST",
                path=path("/v1/billing/wallets/{user}/resume", user=user),
                result=Suspension,
                query={},
                body={"reason": to_json(reason)},
                key=idempotency_key or new_id(),
            )
        )
