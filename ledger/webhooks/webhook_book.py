"""The webhook book of an org: which addresses are told of which of its events."""

from __future__ import annotations

import re
from collections.abc import Iterable
from datetime import datetime
from typing import ClassVar

import msgspec

from ledger.kernel.aggregate import FirstFact, LedgerAggregate
from ledger.kernel.errors import Conflict, Invalid, NotFound
from ledger.kernel.ids import split_stream_id, stream_id
from ledger.kernel.rows import TableRow
from ledger.kernel.times import microseconds
from ledger.webhooks.webhook import Webhook

WEBHOOKS_STREAM = "webhooks"

WEBHOOKS_MAX = 10
"""Webhooks of one org."""

EVENTS_MAX = 50
"""Kinds of events that one webhook names."""

_KIND = re.compile(r"\*|[a-z_]{1,40}\.(\*|[A-Za-z]{1,60})")


class WebhookBook(LedgerAggregate):
    """The webhooks of an org."""

    TOPIC: ClassVar[str] = "webhooks.WebhookBook"
    STREAM: ClassVar[str] = WEBHOOKS_STREAM

    def __init__(self) -> None:
        self.webhooks: dict[str, Webhook] = {}

    class Event(LedgerAggregate.Event):
        """Base of a webhook book's facts."""

    class WebhookBookOpened(Event, FirstFact):
        """An org begins to have its events told."""

        TOPIC: ClassVar[str] = "webhooks.WebhookBookOpened"

    class WebhookAdded(Event):
        """An address is told of these events from now on."""

        TOPIC: ClassVar[str] = "webhooks.WebhookAdded"
        fingerprint: str
        webhook: str
        url: str
        events: list[str]

        def apply(self, aggregate: WebhookBook) -> None:
            at_us = microseconds(self.timestamp)
            added = Webhook(self.webhook, self.url, self.events, at_us)
            aggregate.webhooks[added.id] = added

    class WebhookChanged(Event):
        """It has this address, these events, and is told or not."""

        TOPIC: ClassVar[str] = "webhooks.WebhookChanged"
        fingerprint: str
        webhook: str
        url: str
        events: list[str]
        enabled: bool

        def apply(self, aggregate: WebhookBook) -> None:
            before = aggregate.webhooks[self.webhook]
            begins = self.enabled and not before.enabled
            aggregate.webhooks[self.webhook] = msgspec.structs.replace(
                before,
                url=self.url,
                events=self.events,
                enabled=self.enabled,
                since_us=microseconds(self.timestamp) if begins else before.since_us,
                why=None if self.enabled else before.why,
            )

    class WebhookDisabled(Event):
        """It is told nothing any more: it has not taken what it was told."""

        TOPIC: ClassVar[str] = "webhooks.WebhookDisabled"
        webhook: str
        why: str

        def apply(self, aggregate: WebhookBook) -> None:
            before = aggregate.webhooks[self.webhook]
            aggregate.webhooks[self.webhook] = msgspec.structs.replace(
                before, enabled=False, why=self.why
            )

    class SecretRotated(Event):
        """Its calls are signed with a new secret, and until a moment with the old one, too."""

        TOPIC: ClassVar[str] = "webhooks.SecretRotated"
        fingerprint: str
        webhook: str
        generation: int
        old_until_us: int

        def apply(self, aggregate: WebhookBook) -> None:
            before = aggregate.webhooks[self.webhook]
            aggregate.webhooks[self.webhook] = msgspec.structs.replace(
                before, generation=self.generation, old_until_us=self.old_until_us
            )

    class CallAsked(Event):
        """It is to be told of an event once more."""

        TOPIC: ClassVar[str] = "webhooks.CallAsked"
        fingerprint: str
        webhook: str
        sequence: int

    class WebhookRemoved(Event):
        """It is there no more."""

        TOPIC: ClassVar[str] = "webhooks.WebhookRemoved"
        fingerprint: str
        webhook: str

        def apply(self, aggregate: WebhookBook) -> None:
            del aggregate.webhooks[self.webhook]

    @classmethod
    def open(cls, org: str, at: datetime) -> WebhookBook:
        """Begin an org's webhooks."""
        return cls._create(cls.WebhookBookOpened, id=webhooks_id(org), timestamp=at)

    def rows(self) -> Iterable[TableRow]:
        org, _ = split_stream_id(self.id)
        listed = [msgspec.to_builtins(each) for each in self.webhooks.values()]
        return [TableRow("webhook_books", {"org": org, "webhooks": listed})]

    def add(
        self, webhook: str, url: str, events: list[str], at: datetime, *, fingerprint: str
    ) -> None:
        """Tell an address of events from now on."""
        if len(self.webhooks) >= WEBHOOKS_MAX:
            raise Conflict(
                f"an org has at most {WEBHOOKS_MAX} webhooks: remove one first.", field="url"
            )
        self.trigger_event(
            self.WebhookAdded,
            timestamp=at,
            fingerprint=fingerprint,
            webhook=webhook,
            url=url,
            events=_checked(events),
        )

    def change(
        self,
        webhook: str,
        url: str,
        events: list[str],
        at: datetime,
        *,
        enabled: bool,
        fingerprint: str,
    ) -> None:
        """Give a webhook another address or other events; stop telling it, or begin again."""
        self._get(webhook)
        self.trigger_event(
            self.WebhookChanged,
            timestamp=at,
            fingerprint=fingerprint,
            webhook=webhook,
            url=url,
            events=_checked(events),
            enabled=enabled,
        )

    def disable(self, webhook: str, why: str, at: datetime) -> bool:
        """Stop telling a webhook that has not taken what it was told; False: it is not told."""
        found = self.webhooks.get(webhook)
        if found is None or not found.enabled:
            return False
        self.trigger_event(self.WebhookDisabled, timestamp=at, webhook=webhook, why=why)
        return True

    def rotate(self, webhook: str, overlap_s: int, at: datetime, *, fingerprint: str) -> None:
        """Sign with a new secret; with the old one, too, for so many seconds."""
        found = self._get(webhook)
        self.trigger_event(
            self.SecretRotated,
            timestamp=at,
            fingerprint=fingerprint,
            webhook=webhook,
            generation=found.generation + 1,
            old_until_us=microseconds(at) + overlap_s * 1_000_000,
        )

    def ask(self, webhook: str, sequence: int, at: datetime, *, fingerprint: str) -> None:
        """Tell a webhook of an event once more."""
        if not self._get(webhook).enabled:
            raise Conflict("the webhook is disabled: enable it first.", field="id")
        self.trigger_event(
            self.CallAsked,
            timestamp=at,
            fingerprint=fingerprint,
            webhook=webhook,
            sequence=sequence,
        )

    def remove(self, webhook: str, at: datetime, *, fingerprint: str) -> None:
        """Tell a webhook nothing any more, and forget it."""
        self._get(webhook)
        self.trigger_event(
            self.WebhookRemoved, timestamp=at, fingerprint=fingerprint, webhook=webhook
        )

    def _get(self, webhook: str) -> Webhook:
        if webhook not in self.webhooks:
            raise NotFound("there is no webhook of that id.", field="id")
        return self.webhooks[webhook]


def _checked(events: list[str]) -> list[str]:
    """Return the kinds of events, each once."""
    if not 1 <= len(events) <= EVENTS_MAX:
        raise Invalid(f"events must name 1 to {EVENTS_MAX} kinds of events.", field="events")
    for place, each in enumerate(events):
        if not _KIND.fullmatch(each):
            raise Invalid(
                f"events.{place} must be a kind of events, all of a context as credits.*, or *.",
                field=f"events.{place}",
            )
    return sorted(set(events))


def webhooks_id(org: str) -> str:
    """Return the stream of an org's webhook book."""
    return stream_id(org, WEBHOOKS_STREAM)
