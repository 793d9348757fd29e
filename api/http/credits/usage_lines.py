"""Usage lines in their simplest form, read without a model of each.

`bodies.UsageBody` is what a line may be, and says what is wrong with one that may not. Most lines
are fast: no escapes, no name twice, every field within its bounds. Those are read here, a tenth of
the work, to the same use; for every other line the answer is None, and the model has the word.
A property test holds the two to each other.
"""

from __future__ import annotations

import hashlib
from typing import Annotated, Literal

import msgspec

from api.http.auth.caller import Caller
from api.http.credits.uses import OPERATION, quantities_of, sealed
from api.http.fields import check_metadata, check_quantities
from ledger.credits.usage import Use
from ledger.kernel.canonical import base64url
from ledger.kernel.decoding import decoder
from ledger.kernel.errors import Invalid
from ledger.kernel.ids import check_text, check_user
from ledger.kernel.limits import QUANTITY_MAX, TEXT_MAX
from ledger.kernel.money import CREDIT, parse_amount
from ledger.kernel.times import parse_stored_time

_Text = Annotated[str, msgspec.Meta(min_length=1, max_length=TEXT_MAX)]
_Quantity = Annotated[int, msgspec.Meta(ge=0, le=QUANTITY_MAX)]


class _Line(msgspec.Struct, forbid_unknown_fields=True, omit_defaults=True):
    """The fields of a line in the order of their names, as the canonical form has them."""

    id: _Text
    amount: int | str | None = None
    cache_write_tokens: _Quantity | None = None
    cached_tokens: _Quantity | None = None
    input_tokens: _Quantity | None = None
    metadata: dict[str, str] | None = None
    model: _Text | None = None
    occurred_at: str | int | None = None
    on_shortfall: Literal["debt", "reject"] | None = None
    output_tokens: _Quantity | None = None
    project: _Text | None = None
    provider: _Text | None = None
    quantities: dict[str, int] | None = None
    service: _Text | None = None
    user: str | None = None


_decode = decoder(_Line)
_canonical = msgspec.json.Encoder(order="sorted").encode
_PREFIX = OPERATION.encode() + b"\n"
_DELETE = b"\x7f"


def fast_use(text: bytes, caller: Caller) -> Use | None:
    """Return the use that a fast line means."""
    if b"\\" in text:
        return None
    try:
        line = _decode(text)
        _check_texts(line, text)
        return _use(line, text.count(b'"'), caller)
    except (msgspec.MsgspecError, RecursionError, ValueError, Invalid):
        return None


def _use(line: _Line, quotes: int, caller: Caller) -> Use | None:
    metadata = line.metadata
    if metadata is not None:
        check_metadata(metadata, "metadata")
        quotes -= 2 + 4 * len(metadata)
        line.metadata = None
    if line.quantities is not None:
        check_quantities(line.quantities, "quantities")
    if line.occurred_at is not None:
        line.occurred_at = parse_stored_time(line.occurred_at, "occurred_at")
        quotes -= 2
    if line.amount is not None:
        quotes -= 2 if isinstance(line.amount, str) else 0
        line.amount = parse_amount(line.amount, CREDIT, "amount")
    sent = _canonical(line)
    if sent.count(b'"') != quotes:
        return None  # a name twice, or a null
    if line.user is None and caller.credential.subject is not None:
        line.user = caller.credential.subject
        sent = _canonical(line)
    user = caller.user(line.user)
    return Use(
        id=line.id,
        fingerprint=base64url(hashlib.sha256(_PREFIX + sent).digest()),
        user=user,
        occurred_us=line.occurred_at,
        service=line.service,
        project=line.project,
        provider=line.provider,
        model=line.model,
        quantities=_quantities(line),
        amount=line.amount,
        reject=line.on_shortfall == "reject",
        metadata=None if metadata is None else sealed(metadata, user, caller),
    )


def _check_texts(line: _Line, text: bytes) -> None:
    """What the decoder does not look at: the form of a user id, and whether texts are clean."""
    if line.user is not None:
        check_user(line.user)
    if text.isascii() and _DELETE not in text:
        return  # the other controls are not JSON
    for each in (line.id, line.model, line.service, line.project, line.provider):
        if each is not None:
            check_text(each, "text")


def _quantities(line: _Line) -> dict[str, int]:
    if line.cached_tokens is None and line.cache_write_tokens is None and not line.quantities:
        counted: dict[str, int] = {}
        if line.input_tokens is not None:
            counted["input_tokens"] = line.input_tokens
        if line.output_tokens is not None:
            counted["output_tokens"] = line.output_tokens
        return counted
    return quantities_of(
        input_tokens=line.input_tokens,
        cached_tokens=line.cached_tokens,
        cache_write_tokens=line.cache_write_tokens,
        output_tokens=line.output_tokens,
        quantities=line.quantities,
    )
