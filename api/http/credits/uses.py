"""Uses: from a usage line as it was sent to the use that the ledger charges."""

from __future__ import annotations

from typing import Any

from api.http.auth.caller import Caller
from api.http.credits.bodies import CaptureBody, UsageBody
from ledger.credits.usage import CACHE_WRITE_TOKENS, CACHED_TOKENS, INPUT_TOKENS, OUTPUT_TOKENS, Use
from ledger.kernel.canonical import canonical, fingerprint
from ledger.kernel.ids import POOL
from ledger.kernel.money import CREDIT, parse_amount
from ledger.kernel.texts import METADATA, SALT_BYTES, Text, blind
from ledger.rating.meters import counted_once

OPERATION = "usage"
"""A line alone and the same line in a batch are one operation."""

REJECT = "reject"


def use_of(body: UsageBody, caller: Caller) -> Use:
    """Return a checked use, its fingerprint over just the fields sent, and whose it is."""
    reject = body.on_shortfall == REJECT
    sent = caller.says(body.sent())
    return _use(body, sent, body.id, caller.user(body.user), caller, reject=reject)


def capture_of(body: CaptureBody, hold_id: str, caller: Caller) -> Use:
    """Return what a hold is captured for; without an id of its own the line has the hold's.

    Whose use it is only the hold says: the command fills it in.
    """
    return _use(body, body.sent(), body.id or hold_id, body.user or POOL, caller)


def _use(
    body: UsageBody | CaptureBody,
    sent: dict[str, Any],
    id: str,
    user: str,
    caller: Caller,
    *,
    reject: bool = False,
) -> Use:
    metadata = sent.pop("metadata", None)  # erasable: compared by its digest
    if body.amount is not None:
        sent["amount"] = parse_amount(body.amount, CREDIT, "amount")
    return Use(
        id=id,
        fingerprint=fingerprint(OPERATION, sent),
        user=user,
        occurred_us=body.occurred_at,
        service=body.service,
        project=body.project,
        provider=body.provider,
        model=body.model,
        quantities=_quantities(body),
        amount=sent.get("amount"),
        reject=reject,
        metadata=None if metadata is None else sealed(metadata, user, caller),
    )


def _quantities(body: UsageBody | CaptureBody) -> dict[str, int]:
    return quantities_of(
        input_tokens=body.input_tokens,
        cached_tokens=body.cached_tokens,
        cache_write_tokens=body.cache_write_tokens,
        output_tokens=body.output_tokens,
        quantities=body.quantities,
    )


def quantities_of(
    *,
    input_tokens: int | None = None,
    cached_tokens: int | None = None,
    cache_write_tokens: int | None = None,
    output_tokens: int | None = None,
    quantities: dict[str, int] | None = None,
) -> dict[str, int]:
    """Return every meter of a line; parts of the input cannot be more than the input."""
    tokens = {
        INPUT_TOKENS: input_tokens,
        CACHED_TOKENS: cached_tokens,
        CACHE_WRITE_TOKENS: cache_write_tokens,
        OUTPUT_TOKENS: output_tokens,
    }
    counted = {meter: count for meter, count in tokens.items() if count is not None}
    counted_once(counted)
    return counted | (quantities or {})


def sealed(metadata: dict[str, str], user: str, caller: Caller) -> Text:
    """Return the metadata of a line as an erasable text of its user."""
    salt = caller.service.random(SALT_BYTES)
    return blind(canonical(metadata).decode(), METADATA, user, salt)
