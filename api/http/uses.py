"""From a usage line as it was sent to the use that the ledger charges."""

from __future__ import annotations

from api.commands.usage import Use
from api.http.bodies import UsageBody
from api.http.caller import Caller
from ledger.audit.texts import SALT_BYTES, Text, seal
from ledger.credits.usage import CACHE_WRITE_TOKENS, CACHED_TOKENS, INPUT_TOKENS, OUTPUT_TOKENS
from ledger.kernel.canonical import canonical, fingerprint
from ledger.kernel.errors import Invalid
from ledger.kernel.money import CREDIT, parse_amount

OPERATION = "usage"
"""A line alone and the same line in a batch are one operation."""

REJECT = "reject"


def use_of(body: UsageBody, caller: Caller) -> Use:
    """A checked use, its fingerprint over just the fields sent."""
    sent = body.sent()
    metadata = sent.pop("metadata", None)  # erasable: compared by its digest
    if body.amount is not None:
        sent["amount"] = parse_amount(body.amount, CREDIT, "amount")
    user = caller.user(body.user)
    return Use(
        id=body.id,
        fingerprint=fingerprint(OPERATION, sent),
        user=user,
        occurred_us=body.occurred_at,
        service=body.service,
        project=body.project,
        provider=body.provider,
        model=body.model,
        quantities=_quantities(body),
        amount=sent.get("amount"),
        reject=body.on_shortfall == REJECT,
        metadata=None if metadata is None else _sealed(metadata, user, caller),
    )


def _quantities(body: UsageBody) -> dict[str, int]:
    """Every meter of the line; parts of the input cannot be more than the input."""
    tokens = {
        INPUT_TOKENS: body.input_tokens,
        CACHED_TOKENS: body.cached_tokens,
        CACHE_WRITE_TOKENS: body.cache_write_tokens,
        OUTPUT_TOKENS: body.output_tokens,
    }
    parts = (body.cached_tokens or 0) + (body.cache_write_tokens or 0)
    if parts > (body.input_tokens or 0):
        field = CACHED_TOKENS if body.cached_tokens else CACHE_WRITE_TOKENS
        raise Invalid(
            "cached_tokens and cache_write_tokens are parts of input_tokens: together they "
            "cannot be more.",
            field=field,
        )
    counted = {meter: count for meter, count in tokens.items() if count is not None}
    return counted | (body.quantities or {})


def _sealed(metadata: dict[str, str], user: str, caller: Caller) -> Text:
    salt = caller.service.random(SALT_BYTES)
    return seal(canonical(metadata).decode(), "metadata", user, salt)
