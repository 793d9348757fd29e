"""Routes of webhooks: an address is added, changed and removed; its calls are looked at and asked
for once more."""

from __future__ import annotations

import re
from typing import TypeVar

from api.commands.command import KeyedCommand
from api.commands.result import CommandResult
from api.commands.webhooks.webhooks import (
    AddWebhook,
    AskForCall,
    ChangeWebhook,
    RemoveWebhook,
    RotateSecret,
)
from api.http.answers import Created, ListAnswer, Ok
from api.http.auth.caller import Caller, IdempotencyKey
from api.http.paging import Cursors, Limit
from api.http.problem_schemas import may_answer
from api.http.router import Router
from api.http.webhooks.answers import (
    AskedCallAnswer,
    ChangedWebhookAnswer,
    NewWebhookAnswer,
    RemovedWebhookAnswer,
    RotatedSecretAnswer,
    State,
    WebhookAnswer,
    WebhookCallAnswer,
    WebhooksAnswer,
    call_answer,
    webhook_answer,
)
from api.http.webhooks.bodies import Again, NewWebhook, Rotation, WebhookChange
from api.http.webhooks.permissions import WebhooksReader, WebhooksWriter
from api.queries.tenancy.directory import head_of
from api.queries.webhooks.webhooks import calls_of, is_event, webhooks_of
from api.settings import WebhookCalls
from ledger.kernel.aggregate import Fact
from ledger.kernel.errors import Conflict, Invalid, NotFound
from ledger.kernel.times import format_time
from ledger.webhooks.address import check_url
from ledger.webhooks.signing import secret_of, shown
from ledger.webhooks.webhook_book import WebhookBook

router = Router(prefix="/v1/webhooks", tags=["webhooks"])

_ID = re.compile(r"wh_[0-9a-f]{24}")
F = TypeVar("F", bound=Fact)


@router.post("", openapi_extra=may_answer(Conflict))
async def add_webhook(
    caller: WebhooksWriter, key: IdempotencyKey, body: NewWebhook
) -> Created[NewWebhookAnswer]:
    """Tell an address of events from now on. Its calls are signed with the secret of the answer."""
    command = AddWebhook(
        **caller.asks(key),
        sent=body.sent(),
        webhook=caller.new_id("wh"),
        url=await _checked_url(caller, body.url),
        events=body.events,
    )
    result, fact = await _submit(caller, command, WebhookBook.WebhookAdded)
    value = NewWebhookAnswer(
        fact.webhook,
        fact.url,
        fact.events,
        format_time(fact.recorded_us),
        _secret(caller, fact.webhook, 1),
    )
    return Created(value, replayed=result.replayed)


@router.get("")
async def list_webhooks(caller: WebhooksReader) -> Ok[WebhooksAnswer]:
    """Every webhook of the org."""
    found = await webhooks_of(caller.service.reader, caller.org)
    return Ok(WebhooksAnswer([webhook_answer(each) for each in found]))


@router.get("/{webhook}", openapi_extra=may_answer(NotFound))
async def look_at_webhook(caller: WebhooksReader, webhook: str) -> Ok[WebhookAnswer]:
    """One webhook."""
    found = await webhooks_of(caller.service.reader, caller.org)
    for each in found:
        if each.id == webhook:
            return Ok(webhook_answer(each))
    raise _no_such()


@router.put("/{webhook}", openapi_extra=may_answer(NotFound))
async def change_webhook(
    caller: WebhooksWriter, key: IdempotencyKey, webhook: str, body: WebhookChange
) -> Ok[ChangedWebhookAnswer]:
    """Give a webhook another address or other events, stop telling it, or begin again: of what was
    recorded while it was disabled it is told only where it is asked for."""
    command = ChangeWebhook(
        **caller.asks(key),
        sent={"id": _checked_id(webhook), **body.sent()},
        webhook=webhook,
        url=await _checked_url(caller, body.url),
        events=body.events,
        enabled=body.enabled,
    )
    result, fact = await _submit(caller, command, WebhookBook.WebhookChanged)
    value = ChangedWebhookAnswer(
        fact.webhook, fact.url, fact.events, fact.enabled, format_time(fact.recorded_us)
    )
    return Ok(value, replayed=result.replayed)


@router.delete("/{webhook}", openapi_extra=may_answer(NotFound))
async def remove_webhook(
    caller: WebhooksWriter, key: IdempotencyKey, webhook: str
) -> Ok[RemovedWebhookAnswer]:
    """Tell a webhook nothing any more, also not what waits for it."""
    sent: dict[str, object] = {"id": _checked_id(webhook)}
    command = RemoveWebhook(**caller.asks(key), sent=sent, webhook=webhook)
    result, fact = await _submit(caller, command, WebhookBook.WebhookRemoved)
    value = RemovedWebhookAnswer(fact.webhook, format_time(fact.recorded_us))
    return Ok(value, replayed=result.replayed)


@router.post("/{webhook}/secret", openapi_extra=may_answer(NotFound))
async def rotate_webhook_secret(
    caller: WebhooksWriter, key: IdempotencyKey, webhook: str, body: Rotation
) -> Created[RotatedSecretAnswer]:
    """Sign with a new secret; with the old one, too, for a while: its receiver can change over."""
    command = RotateSecret(
        **caller.asks(key),
        sent={"id": _checked_id(webhook), **body.sent()},
        webhook=webhook,
        overlap_s=body.overlap,
    )
    result, fact = await _submit(caller, command, WebhookBook.SecretRotated)
    value = RotatedSecretAnswer(
        fact.webhook,
        _secret(caller, fact.webhook, fact.generation),
        format_time(fact.old_until_us),
    )
    return Created(value, replayed=result.replayed)


@router.get("/{webhook}/calls", openapi_extra=may_answer(NotFound))
async def webhook_calls(
    caller: WebhooksReader,
    webhook: str,
    state: str | None = None,
    cursor: str | None = None,
    limit: Limit = None,
) -> Ok[ListAnswer[WebhookCallAnswer]]:
    """The calls to a webhook, those of the newest events first."""
    if state is not None and state not in tuple(State):
        raise Invalid("state must be waiting, done or failed.", field="state")
    cursors = Cursors(caller, "webhook-calls", {"webhook": webhook, "state": state})
    before = cursors.read(cursor, str, "")
    page = cursors.page(limit)
    reader = caller.service.reader
    if webhook not in [each.id for each in await webhooks_of(reader, caller.org)]:
        raise _no_such()
    found = await calls_of(reader, caller.org, webhook, before, state, page.asked)
    found = page.cut(found, lambda each: each.key)
    as_of = await head_of(reader, caller.org)
    return Ok(ListAnswer([call_answer(each) for each in found], page.next_cursor, as_of))


@router.post("/{webhook}/calls", openapi_extra=may_answer(NotFound, Conflict))
async def call_webhook_again(
    caller: WebhooksWriter, key: IdempotencyKey, webhook: str, body: Again
) -> Created[AskedCallAnswer]:
    """Tell a webhook of an event once more, under the same id, whatever became of it before."""
    _checked_id(webhook)
    if not await is_event(caller.service.reader, caller.org, body.sequence):
        raise NotFound("there is no event of that sequence, or it is archived.", field="sequence")
    command = AskForCall(
        **caller.asks(key),
        sent={"id": webhook, **body.sent()},
        webhook=webhook,
        sequence=body.sequence,
    )
    result, fact = await _submit(caller, command, WebhookBook.CallAsked)
    asked = result.stored_fact.sequence
    return Created(AskedCallAnswer(fact.webhook, fact.sequence, asked), replayed=result.replayed)


async def _submit(caller: Caller, command: KeyedCommand, kind: type[F]) -> tuple[CommandResult, F]:
    result = await caller.service.writer.submit(command)
    fact = result.stored_fact.fact
    assert isinstance(fact, kind)
    return result, fact


async def _checked_url(caller: Caller, url: str) -> str:
    private = caller.service.settings.webhooks is WebhookCalls.PRIVATE
    checked = check_url(url, "url", private=private)
    if not private:
        await caller.service.require_public(checked)
    return checked


def _checked_id(webhook: str) -> str:
    if not _ID.fullmatch(webhook):
        raise _no_such()
    return webhook


def _no_such() -> NotFound:
    return NotFound("there is no webhook of that id.", field="id")


def _secret(caller: Caller, webhook: str, generation: int) -> str:
    return shown(secret_of(caller.service.webhook_key, caller.org, webhook, generation))
