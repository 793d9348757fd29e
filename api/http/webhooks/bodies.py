"""Bodies of requests about webhooks, as their senders write them."""

from __future__ import annotations

from typing import Annotated

from fastapi import Depends
from pydantic import WithJsonSchema

from api.http.fields import Body, Overlap, checked
from api.http.requests import JsonBody
from ledger.contexts import CONTEXTS
from ledger.kernel.errors import Invalid
from ledger.kernel.ids import check_text
from ledger.kernel.limits import AMOUNT_MAX
from ledger.registry import FACTS
from ledger.webhooks.address import URL_MAX
from ledger.webhooks.webhook import EVERYTHING
from ledger.webhooks.webhook_book import EVENTS_MAX

KINDS = frozenset({EVERYTHING, *FACTS, *(f"{context.name}.*" for context in CONTEXTS)})
"""What a webhook may be told of."""


def _events(value: object, field: str) -> list[str]:
    if not isinstance(value, list) or not 1 <= len(value) <= EVENTS_MAX:
        raise Invalid(f"{field} must be a list of 1 to {EVENTS_MAX} kinds of events.", field=field)
    for place, each in enumerate(value):
        if not isinstance(each, str) or each not in KINDS:
            raise Invalid(
                f"{field}.{place} must be a kind of events (docs/webhooks.md lists them), all of a "
                "context as credits.*, or * for every event.",
                field=f"{field}.{place}",
            )
    return sorted(set(value))


def _url(value: object, field: str) -> str:
    return check_text(value, field, URL_MAX)


def _sequence(value: object, field: str) -> int:
    if isinstance(value, bool) or not isinstance(value, int) or not 1 <= value <= AMOUNT_MAX:
        raise Invalid(f"{field} must be an integer from 1 to {AMOUNT_MAX}.", field=field)
    return value


def _flag(value: object, field: str) -> bool:
    if not isinstance(value, bool):
        raise Invalid(f"{field} must be true or false.", field=field)
    return value


Url = Annotated[
    str,
    checked(_url),
    WithJsonSchema({"type": "string", "format": "uri", "minLength": 1, "maxLength": URL_MAX}),
]
Events = Annotated[
    list[str],
    checked(_events),
    WithJsonSchema(
        {
            "type": "array",
            "minItems": 1,
            "maxItems": EVENTS_MAX,
            "items": {"type": "string", "enum": sorted(KINDS)},
        }
    ),
]
Sequence = Annotated[
    int,
    checked(_sequence),
    WithJsonSchema({"type": "integer", "minimum": 1, "maximum": AMOUNT_MAX}),
]
Flag = Annotated[bool, checked(_flag), WithJsonSchema({"type": "boolean"})]


class WebhookBody(Body):
    """An address, and the events that it is to be told of."""

    url: Url
    events: Events


class WebhookChangeBody(WebhookBody):
    """The same for a webhook that is there; `enabled`: whether it is told."""

    enabled: Flag = True


class RotationBody(Body):
    """For how many seconds calls are signed with the old secret, too."""

    overlap: Overlap = 24 * 3600


class AgainBody(Body):
    """The event that a webhook is to be told of once more, by its sequence."""

    sequence: Sequence


NewWebhook = Annotated[WebhookBody, Depends(JsonBody(WebhookBody))]
WebhookChange = Annotated[WebhookChangeBody, Depends(JsonBody(WebhookChangeBody))]
Rotation = Annotated[RotationBody, Depends(JsonBody(RotationBody))]
Again = Annotated[AgainBody, Depends(JsonBody(AgainBody))]
