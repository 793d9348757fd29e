"""Values of webhooks.

Made by `python -m tests.client.generator` from `schemas/openapi.json`.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Literal


@dataclass(frozen=True, kw_only=True, slots=True)
class Webhooks:
    """Every webhook of an org."""

    data: tuple[Webhook, ...]


@dataclass(frozen=True, kw_only=True, slots=True)
class Webhook:
    """An address that is told of events from `since` on; `why`: what it was disabled for."""

    id: str
    url: str
    events: tuple[str, ...]
    enabled: bool
    since: datetime
    why: str | None


@dataclass(frozen=True, kw_only=True, slots=True)
class NewWebhook:
    """A new webhook, and what its calls are signed with."""

    id: str
    url: str
    events: tuple[str, ...]
    since: datetime
    secret: str


@dataclass(frozen=True, kw_only=True, slots=True)
class ChangedWebhook:
    """A webhook as it is told now."""

    id: str
    url: str
    events: tuple[str, ...]
    enabled: bool
    changed_at: datetime


@dataclass(frozen=True, kw_only=True, slots=True)
class RemovedWebhook:
    """A webhook that is there no more."""

    id: str
    removed_at: datetime


@dataclass(frozen=True, kw_only=True, slots=True)
class RotatedSecret:
    """What calls are signed with from now on; with the old secret, too, until that moment."""

    id: str
    secret: str
    old_until: datetime


@dataclass(frozen=True, kw_only=True, slots=True)
class WebhookCall:
    """A call: of which event, and what became of it."""

    sequence: int
    asked: int | None
    state: Literal["waiting", "done", "failed"]
    attempts: int
    error: str | None
    made_at: datetime
    ended_at: datetime | None


@dataclass(frozen=True, kw_only=True, slots=True)
class AskedCall:
    """A call that will be made once more, as `asked` of the list of calls."""

    id: str
    sequence: int
    asked: int
