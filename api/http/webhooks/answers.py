"""Answers about webhooks."""

from __future__ import annotations

from enum import StrEnum
from typing import Annotated

from api.http.answers import Answer, Time, one_of, time_or_null
from api.queries.webhooks.webhooks import CallState
from ledger.kernel.times import format_time
from ledger.webhooks.webhook import Webhook


class State(StrEnum):
    """What became of a call."""

    WAITING = "waiting"
    DONE = "done"
    FAILED = "failed"


class WebhookAnswer(Answer):
    """An address that is told of events from `since` on; `why`: what it was disabled for."""

    id: str
    url: str
    events: list[str]
    enabled: bool
    since: Time
    why: str | None


class WebhooksAnswer(Answer):
    """Every webhook of an org."""

    data: list[WebhookAnswer]


class NewWebhookAnswer(Answer):
    """A new webhook, and what its calls are signed with."""

    id: str
    url: str
    events: list[str]
    since: Time
    secret: str


class ChangedWebhookAnswer(Answer):
    """A webhook as it is told now."""

    id: str
    url: str
    events: list[str]
    enabled: bool
    changed_at: Time


class RotatedSecretAnswer(Answer):
    """What calls are signed with from now on; with the old secret, too, until that moment."""

    id: str
    secret: str
    old_until: Time


class RemovedWebhookAnswer(Answer):
    """A webhook that is there no more."""

    id: str
    removed_at: Time


class AskedCallAnswer(Answer):
    """A call that will be made once more, as `asked` of the list of calls."""

    id: str
    sequence: int
    asked: int


class WebhookCallAnswer(Answer):
    """A call: of which event, and what became of it. `asked`: the sequence of the request that it
    be made once more; `error`: why it was not taken the last time."""

    sequence: int
    asked: int | None
    state: Annotated[str, one_of(State)]
    attempts: int
    error: str | None
    made_at: Time
    ended_at: Time | None


def webhook_answer(webhook: Webhook) -> WebhookAnswer:
    """Return a webhook as it is answered."""
    return WebhookAnswer(
        webhook.id,
        webhook.url,
        webhook.events,
        webhook.enabled,
        format_time(webhook.since_us),
        webhook.why,
    )


def call_answer(call: CallState) -> WebhookCallAnswer:
    """Return a call as it is answered."""
    return WebhookCallAnswer(
        call.sequence,
        call.asked,
        call.outcome or State.WAITING,
        call.attempts,
        call.error,
        format_time(call.deferred_us),
        time_or_null(call.ended_us),
    )
