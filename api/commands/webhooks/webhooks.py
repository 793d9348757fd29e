"""Webhooks: `AddWebhook`, `ChangeWebhook`, `RotateSecret`, `AskForCall`, `RemoveWebhook`, and
`DisableWebhook`, which no caller asks for."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import ClassVar

from api.commands.command import Command, KeyedCommand
from api.commands.result import PendingFact
from api.commands.tenancy.lookup import require_org
from api.commands.unit_of_work import UnitOfWork
from ledger.kernel.errors import NotFound
from ledger.kernel.keys import Key
from ledger.webhooks.webhook_book import WebhookBook, webhooks_id


@dataclass(frozen=True)
class _OnBook(KeyedCommand):
    """A command that changes the webhook book of its org."""

    def effect(self, unit: UnitOfWork) -> PendingFact:
        require_org(unit, self.org)
        at = unit.now(self.org)
        book = unit.get(WebhookBook, webhooks_id(self.org)) or WebhookBook.open(self.org, at)
        self.change(book, at)
        return unit.record(book, self.actor, self.key)

    def change(self, book: WebhookBook, at: datetime) -> None:
        """Change the book."""
        raise NotImplementedError


@dataclass(frozen=True)
class AddWebhook(_OnBook):
    """Tell an address of events."""

    webhook: str
    url: str
    events: list[str]

    operation: ClassVar[str] = "webhooks"

    def change(self, book: WebhookBook, at: datetime) -> None:
        book.add(self.webhook, self.url, self.events, at, fingerprint=self.fingerprint)


@dataclass(frozen=True)
class ChangeWebhook(_OnBook):
    """Give a webhook another address or other events; stop telling it, or begin again."""

    webhook: str
    url: str
    events: list[str]
    enabled: bool

    operation: ClassVar[str] = "webhook"

    def change(self, book: WebhookBook, at: datetime) -> None:
        book.change(
            self.webhook,
            self.url,
            self.events,
            at,
            enabled=self.enabled,
            fingerprint=self.fingerprint,
        )


@dataclass(frozen=True)
class RotateSecret(_OnBook):
    """Sign with a new secret; with the old one, too, for so many seconds."""

    webhook: str
    overlap_s: int

    operation: ClassVar[str] = "webhook secret"

    def change(self, book: WebhookBook, at: datetime) -> None:
        book.rotate(self.webhook, self.overlap_s, at, fingerprint=self.fingerprint)


@dataclass(frozen=True)
class AskForCall(_OnBook):
    """Tell a webhook of an event once more."""

    webhook: str
    sequence: int

    operation: ClassVar[str] = "webhook call"

    def change(self, book: WebhookBook, at: datetime) -> None:
        book.ask(self.webhook, self.sequence, at, fingerprint=self.fingerprint)


@dataclass(frozen=True)
class RemoveWebhook(_OnBook):
    """Tell a webhook nothing any more."""

    webhook: str

    operation: ClassVar[str] = "webhook removal"

    def change(self, book: WebhookBook, at: datetime) -> None:
        book.remove(self.webhook, at, fingerprint=self.fingerprint)


@dataclass(frozen=True)
class DisableWebhook(Command[bool]):
    """Stop telling a webhook that has not taken what it was told; done twice it does nothing."""

    webhook: str
    why: str

    def idempotency_keys(self) -> Iterable[Key]:
        return []

    def decide(self, unit: UnitOfWork) -> bool:
        book = unit.get(WebhookBook, webhooks_id(self.org))
        if book is None:
            raise NotFound("the org has no webhooks.")
        is_disabled = book.disable(self.webhook, self.why, unit.now(self.org))
        if is_disabled:
            unit.record(book, self.actor)
        return is_disabled
