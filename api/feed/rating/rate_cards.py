"""Rate cards: what their events say. Prices are asked for: a version can have thousands."""

from __future__ import annotations

from typing import Any

from api.feed.content import Content, Contents
from api.http.answers import Time, time_or_null
from ledger.ports import RecordedEvent


class PublishedContent(Content):
    """A version of a card; null as `effective_from`: from the beginning."""

    version: int
    effective_from: Time | None
    margin_bps: int


class WithdrawnContent(Content):
    """A version of a card that never took effect."""

    version: int


def published(event: RecordedEvent, fact: Any) -> PublishedContent:
    """Return the version that was published."""
    return PublishedContent(fact.card_version, time_or_null(fact.effective_us), fact.margin_bps)


def withdrawn(event: RecordedEvent, fact: Any) -> WithdrawnContent:
    """Return the version that was withdrawn."""
    return WithdrawnContent(fact.card_version)


CONTENTS: Contents = {
    "rating.RateCardPublished": published,
    "rating.RateCardVersionWithdrawn": withdrawn,
}
