"""Event calls: each webhook is told of the events that it names, one after another.

What is told is made at each call from the event itself: nothing of it is stored twice, and what is
asked for once more is the same.
"""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Iterable
from typing import NamedTuple

from api.commands.command import Command
from api.commands.webhooks.webhooks import DisableWebhook
from api.effects.effect import OrgEffect
from api.feed.message import message_of
from ledger.kernel.actor import Actor
from ledger.kernel.errors import LedgerError
from ledger.kernel.outside import NeverTaken, NotTaken
from ledger.ports import Clock, RecordedEvent
from ledger.registry import FACTS, fact_of
from ledger.webhooks.ports import ReceiverAt, Webhooks
from ledger.webhooks.signing import secret_of
from ledger.webhooks.webhook import Webhook
from ledger.webhooks.webhook_book import WebhookBook
from projections.ports import Call, CallName

KNOWN_US = 1_000_000
"""For how long an org's webhooks are taken for what they were: a change of them among its events is
seen at once."""

_CHANGES = "webhooks."
_CALLER = "webhooks"


class _Named(NamedTuple):
    """What the key of a call says: whom, and of which event."""

    webhook: str
    sequence: int


class EventCalls(OrgEffect):
    """Tells webhooks of events."""

    name = "webhooks"
    types = tuple(FACTS)
    of_table = "webhook_books"

    def __init__(self, webhooks: Webhooks, receiver_at: ReceiverAt, clock: Clock) -> None:
        self._webhooks = webhooks
        self._receiver_at = receiver_at
        self._clock = clock
        self._known: tuple[str, int, list[Webhook]] = ("", 0, [])
        self._lock = threading.Lock()
        self._key: bytes | None = None

    def calls_of(self, event: RecordedEvent) -> Iterable[Call]:
        """Return a call for each webhook that names the event."""
        if event.type.startswith(_CHANGES):
            self._known = ("", 0, [])
        told = [
            _call(event.org, each.id, event.sequence)
            for each in self._book(event.org)
            if each.is_told(event.type, event.recorded_us)
        ]
        if event.type == WebhookBook.CallAsked.TOPIC:
            fact = fact_of(event)
            assert isinstance(fact, WebhookBook.CallAsked)
            told.append(_call(event.org, fact.webhook, fact.sequence, event.sequence))
        return told

    async def call(self, call: Call) -> Command[object] | None:
        """Tell a webhook of an event; who says that it is gone for ever is not told any more."""
        named = _named(call)
        webhook, event, secrets = await asyncio.to_thread(self._look_up, call.name.org, named)
        message = message_of(event)
        try:
            await self._receiver_at(webhook.url, secrets).post(message.id, message.body)
        except NeverTaken as error:
            return self._disabling(call.name.org, webhook.id, error.detail)
        return None

    def given_up(self, call: Call, error: LedgerError) -> Command[object] | None:
        """Return what disables a webhook that has not answered for days."""
        if not isinstance(error, NotTaken):
            return None
        why = f"it has not taken event {_named(call).sequence} for three days: {error.detail}"
        return self._disabling(call.name.org, _named(call).webhook, why)

    def _look_up(self, org: str, named: _Named) -> tuple[Webhook, RecordedEvent, list[bytes]]:
        """Return the webhook, the event, and what signs the call. Raises NeverTaken."""
        with self._lock:
            found = [each for each in self._webhooks.of(org) if each.id == named.webhook]
            event = self._webhooks.event(org, named.sequence)
            key = self._key = self._key or self._webhooks.key()
        if not found:
            raise NeverTaken("the webhook was removed.")
        (webhook,) = found
        if not webhook.enabled:
            raise NeverTaken("the webhook is disabled.")
        if event is None:
            raise NeverTaken("the event is in an archive.")
        generations = [webhook.generation]
        if webhook.old_until_us > self._clock():
            generations.append(webhook.generation - 1)
        return webhook, event, [secret_of(key, org, webhook.id, each) for each in generations]

    def _book(self, org: str) -> list[Webhook]:
        of, until_us, book = self._known
        if of != org or self._clock() > until_us:
            with self._lock:
                book = self._webhooks.of(org)
            self._known = (org, self._clock() + KNOWN_US, book)
        return book

    def _disabling(self, org: str, webhook: str, why: str) -> Command[object]:
        return DisableWebhook(org, Actor(_CALLER, "tally jobs", ""), webhook, why)


def _call(org: str, webhook: str, sequence: int, asked: int | None = None) -> Call:
    key = f"{webhook}/{sequence:016}" + (f"/{asked}" if asked is not None else "")
    return Call(CallName(org, EventCalls.name, key), "", f"{org}/{webhook}")


def _named(call: Call) -> _Named:
    webhook, sequence, *_ = call.name.key.split("/")
    return _Named(webhook, int(sequence))
