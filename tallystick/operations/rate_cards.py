"""Operations on rate cards, waited for.

Made by `python -m tests.client.generator` from `schemas/openapi.json`.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from decimal import Decimal
from typing import Literal

from tallystick.json_values import new_id, sent_json, to_json
from tallystick.transport import Call, Transport, path, sent
from tallystick.values.rate_cards import (
    NameSetting,
    PriceSetting,
    ProviderNameSetting,
    Quote,
    ScheduledVersion,
    Version,
    Versions,
)


class RateCardsOperations(Transport):
    """The operations on rate cards."""

    def quote(
        self,
        *,
        model: str,
        user: str | None = None,
        occurred_at: datetime | None = None,
        service: str | None = None,
        project: str | None = None,
        provider: str | None = None,
        input_tokens: int | None = None,
        cached_tokens: int | None = None,
        cache_write_tokens: int | None = None,
        output_tokens: int | None = None,
        quantities: Mapping[str, int] | None = None,
    ) -> Quote:
        """Price a use as it would be charged at `occurred_at`, which may also be in the future;
        where its price counts over a month, after what `user` has used in that month by now.
        """
        return self._send(
            Call[Quote](
                method="POST",
                path="/v1/billing/rate-cards/quote",
                result=Quote,
                query={},
                body={
                    "model": to_json(model),
                    **sent_json(
                        user=user,
                        occurred_at=occurred_at,
                        service=service,
                        project=project,
                        provider=provider,
                        input_tokens=input_tokens,
                        cached_tokens=cached_tokens,
                        cache_write_tokens=cache_write_tokens,
                        output_tokens=output_tokens,
                        quantities=quantities,
                    ),
                },
            )
        )

    def publish_rate_card(
        self,
        *,
        prices: Sequence[PriceSetting],
        effective_from: datetime | None = None,
        names: Sequence[NameSetting] | None = None,
        providers: Sequence[ProviderNameSetting] | None = None,
        margin_bps: int | None = None,
        minimum_charge: Decimal | int | None = None,
        idempotency_key: str | None = None,
    ) -> ScheduledVersion:
        """Publish the next version of the org's prices; an operator's for `platform` are the
        default.
        """
        return self._send(
            Call[ScheduledVersion](
                method="PUT",
                path="/v1/billing/rate-cards",
                result=ScheduledVersion,
                query={},
                body={
                    "prices": to_json(prices),
                    **sent_json(
                        effective_from=effective_from,
                        names=names,
                        providers=providers,
                        margin_bps=margin_bps,
                        minimum_charge=minimum_charge,
                    ),
                },
                key=idempotency_key or new_id(),
            )
        )

    def rate_card_versions(
        self,
        *,
        cursor: str | None = None,
        limit: int | None = None,
        card: Literal["own", "default"] | None = None,
    ) -> Iterator[Version]:
        """The versions of the org's card, newest first, and which are in force and planned; with
        `card=default` of the one that prices what the org's own does not.
        """
        return self._pages(
            Call[Versions](
                method="GET",
                path="/v1/billing/rate-cards",
                result=Versions,
                query=sent(cursor=cursor, limit=limit, card=card),
            ),
            cursor,
        )

    def rate_card_versions_page(
        self,
        *,
        cursor: str | None = None,
        limit: int | None = None,
        card: Literal["own", "default"] | None = None,
    ) -> Versions:
        """The versions of the org's card, newest first, and which are in force and planned; with
        `card=default` of the one that prices what the org's own does not.
        """
        return self._send(
            Call[Versions](
                method="GET",
                path="/v1/billing/rate-cards",
                result=Versions,
                query=sent(cursor=cursor, limit=limit, card=card),
            )
        )

    def rate_card_version(
        self, version: int, *, card: Literal["own", "default"] | None = None
    ) -> ScheduledVersion:
        """One version of the org's card, and which are in force and planned."""
        return self._send(
            Call[ScheduledVersion](
                method="GET",
                path=path("/v1/billing/rate-cards/versions/{version}", version=version),
                result=ScheduledVersion,
                query=sent(card=card),
            )
        )

    def withdraw_rate_card_version(
        self, version: int, *, idempotency_key: str | None = None
    ) -> ScheduledVersion:
        """Withdraw a version that has not begun: it never will."""
        return self._send(
            Call[ScheduledVersion](
                method="DELETE",
                path=path("/v1/billing/rate-cards/versions/{version}", version=version),
                result=ScheduledVersion,
                query={},
                key=idempotency_key or new_id(),
            )
        )
