"""Operations on transfers, waited for.

Made by `python -m tests.client.generator` from `schemas/openapi.json`.
"""

from __future__ import annotations

from decimal import Decimal

from tallystick.json_values import new_id, sent_json, to_json
from tallystick.transport import Call, Transport
from tallystick.values.transfers import Conversion
from tallystick.values.usage import (
    Transaction,
)


class TransfersOperations(Transport):
    """The operations on transfers."""

    def transfer(
        self,
        *,
        from_user: str,
        to_user: str,
        amount: Decimal | int,
        asset: str | None = None,
        idempotency_key: str | None = None,
    ) -> Transaction:
        """Move credit, with its kind, expiry and priority; answers the giver's transaction."""
        return self._send(
            Call[Transaction](
                method="POST",
                path="/v1/billing/transfers",
                result=Transaction,
                query={},
                body={
                    "from_user": to_json(from_user),
                    "to_user": to_json(to_user),
                    "amount": to_json(amount),
                    **sent_json(asset=asset),
                },
                key=idempotency_key or new_id(),
            )
        )

    def convert(
        self, *, amount: Decimal | int, user: str | None = None, idempotency_key: str | None = None
    ) -> Conversion:
        """Turn dollars of a wallet into credits of the same owner; answers the dollars'
        transaction and the `credits` they became.
        """
        return self._send(
            Call[Conversion](
                method="POST",
                path="/v1/billing/conversions",
                result=Conversion,
                query={},
                body={"amount": to_json(amount), **sent_json(user=user)},
                key=idempotency_key or new_id(),
            )
        )
