"""Operations on transactions, waited for.

Made by `python -m tests.client.generator` from `schemas/openapi.json`.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, datetime

from tallystick.json_values import Page
from tallystick.transport import Call, Transport, path, sent
from tallystick.values.transactions import Statement
from tallystick.values.usage import (
    Transaction,
)


class TransactionsOperations(Transport):
    """The operations on transactions."""

    def transactions(
        self,
        *,
        user: str | None = None,
        category: str | None = None,
        from_: datetime | date | None = None,
        to: datetime | date | None = None,
        cursor: str | None = None,
        limit: int | None = None,
        min_sequence: int | None = None,
    ) -> Iterator[Transaction]:
        """An org's transactions, of one user or of all the caller may see."""
        return self._pages(
            Call[Page[Transaction]](
                method="GET",
                path="/v1/billing/transactions",
                result=Page[Transaction],
                query=sent(
                    user=user,
                    category=category,
                    from_=from_,
                    to=to,
                    cursor=cursor,
                    limit=limit,
                    min_sequence=min_sequence,
                ),
            ),
            cursor,
        )

    def transactions_page(
        self,
        *,
        user: str | None = None,
        category: str | None = None,
        from_: datetime | date | None = None,
        to: datetime | date | None = None,
        cursor: str | None = None,
        limit: int | None = None,
        min_sequence: int | None = None,
    ) -> Page[Transaction]:
        """An org's transactions, of one user or of all the caller may see."""
        return self._send(
            Call[Page[Transaction]](
                method="GET",
                path="/v1/billing/transactions",
                result=Page[Transaction],
                query=sent(
                    user=user,
                    category=category,
                    from_=from_,
                    to=to,
                    cursor=cursor,
                    limit=limit,
                    min_sequence=min_sequence,
                ),
            )
        )

    def transaction(self, transaction_id: str) -> Transaction:
        """One transaction, read-your-writes."""
        return self._send(
            Call[Transaction](
                method="GET",
                path=path(
                    "/v1/billing/transactions/{transaction_id}", transaction_id=transaction_id
                ),
                result=Transaction,
                query={},
            )
        )

    def statement(
        self,
        *,
        period: str,
        user: str | None = None,
        asset: str | None = None,
        min_sequence: int | None = None,
        as_of: datetime | date | None = None,
    ) -> Statement:
        """A wallet's month by recorded time: opening + in - out = closing, exactly."""
        return self._send(
            Call[Statement](
                method="GET",
                path="/v1/billing/statement",
                result=Statement,
                query=sent(
                    period=period, user=user, asset=asset, min_sequence=min_sequence, as_of=as_of
                ),
            )
        )
