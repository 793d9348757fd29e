"""Answers: structs that say what there is, and the responses that carry them.

A handler says what it answers by its return type, `Ok[BalanceAnswer]`; from there the contract has
the status and the schema. Structs are made and written sooner than dictionaries.
Amounts and times are texts, exact; null is what there is not.
"""

from __future__ import annotations

from enum import StrEnum
from http import HTTPStatus
from typing import Annotated, ClassVar, Generic, TypeVar

import msgspec
from starlette.responses import Response

from ledger.kernel.times import format_time

REPLAYED = "Idempotency-Replayed"
encode = msgspec.json.Encoder().encode
"""A value as JSON."""

A = TypeVar("A")

Amount = Annotated[str, msgspec.Meta(pattern=r"^-?(0|[1-9][0-9]*)(\.[0-9]+)?$")]
"""An amount in its asset's major unit."""

Time = Annotated[
    str,
    msgspec.Meta(
        pattern=r"^[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}\.[0-9]{6}Z$",
        extra_json_schema={"format": "date-time"},
    ),
]
"""A moment, in RFC 3339 and UTC."""

Hash = Annotated[str, msgspec.Meta(pattern="^[0-9a-f]{64}$")]
"""A SHA-256 digest."""


def one_of(names: type[StrEnum]) -> msgspec.Meta:
    """Say that a text is one of these names, whether it is written as a member or as a text."""
    return msgspec.Meta(extra_json_schema={"enum": [str(name) for name in names]})


class Answer(msgspec.Struct, gc=False, forbid_unknown_fields=True):
    """What is answered: these members and no others."""


class ListAnswer(Answer, Generic[A]):
    """One page of a list; null as `next_cursor`: the last one."""

    data: list[A]
    next_cursor: str | None
    as_of_sequence: int


class JsonResponse(Response, Generic[A]):
    """A value as JSON; an answer given before says so in a header, its body is the same."""

    STATUS: ClassVar[HTTPStatus]

    def __init__(self, value: A, *, replayed: bool = False) -> None:
        headers = {REPLAYED: "true"} if replayed else None
        super().__init__(encode(value), int(self.STATUS), headers, "application/json")


class Ok(JsonResponse[A]):
    """What was asked for."""

    STATUS = HTTPStatus.OK


class Created(JsonResponse[A]):
    """What there is now that was not before."""

    STATUS = HTTPStatus.CREATED


def time_or_null(us: int | None) -> str | None:
    """Return a moment, if there is one."""
    return None if us is None else format_time(us)
