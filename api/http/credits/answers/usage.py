"""Transactions of usage lines, made from the stored events without the facts between: a line is
answered sooner that way. A property test holds them to
`transaction_answer`. JSON that is made already stands in them as it is: the same bytes.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import lru_cache

import msgspec

from api.commands.result import StoredFact
from api.http.credits.answers.transactions import (
    RateAnswer,
    TransactionAnswer,
    rate_answer,
    slice_answers,
    usage_answer,
)
from ledger.credits.debits import UsageRecorded
from ledger.credits.holds import HoldCaptured, LapsedHoldCaptured
from ledger.credits.transactions import Category
from ledger.credits.usage import Rate, UsageLine
from ledger.kernel.aggregate import Fact
from ledger.kernel.decoding import decoder
from ledger.kernel.ids import wallet_names
from ledger.kernel.money import format_amount
from ledger.kernel.times import format_time

_NULL, _NO_QUANTITIES = msgspec.Raw(b"null"), msgspec.Raw(b"{}")
_USED_BEFORE = b'"used_before"'
_USAGE = Category.USAGE.value
_encode = msgspec.json.Encoder().encode


class _Line(UsageLine, frozen=True, gc=False):
    """A stored usage line; still as JSON what is answered as it is stored, or comes again."""

    quantities: msgspec.Raw = _NO_QUANTITIES  # type: ignore[assignment]
    rate: msgspec.Raw = _NULL  # type: ignore[assignment]


class _Lines(msgspec.Struct, gc=False):
    lines: list[_Line]
    pending_after: int = 0


class _OneLine(msgspec.Struct, gc=False):
    line: _Line
    pending_after: int = 0


_decode_lines = decoder(_Lines)
_decode_one = decoder(_OneLine)
_decode_rate = decoder(Rate | None)


def _line_of(body: bytes) -> _Lines:
    decoded = _decode_one(body)
    return _Lines([decoded.line], decoded.pending_after)


_KINDS: dict[str, tuple[type[Fact], Callable[[bytes], _Lines]]] = {
    UsageRecorded.TOPIC: (UsageRecorded, _decode_lines),
    HoldCaptured.TOPIC: (HoldCaptured, _line_of),
    LapsedHoldCaptured.TOPIC: (LapsedHoldCaptured, _line_of),
}


class UsageAnswers:
    """The answers to the usage lines of one recorded event: a batch's, or a capture's one."""

    @staticmethod
    def can_read(recorded: StoredFact) -> bool:
        """Tell whether it is such an event, in the version read here."""
        known = _KINDS.get(recorded.topic)
        return known is not None and known[0].class_version == 1

    def __init__(self, recorded: StoredFact) -> None:
        _, lines_of = _KINDS[recorded.topic]
        decoded = lines_of(recorded.body)
        self._lines = decoded.lines
        self._owner, self._asset = wallet_names(recorded.aggregate_id)
        self._pending_after = format_amount(decoded.pending_after, self._asset)
        self._sequence = recorded.sequence
        self._hash = recorded.hash.hex()
        self._recorded_us = recorded.recorded_us
        self._recorded_at = format_time(recorded.recorded_us)

    def answer(self, place: int, text: str | None) -> TransactionAnswer:
        """Return the transaction of a line, with the erasable text that came with it."""
        line, asset = self._lines[place], self._asset
        answer = TransactionAnswer(
            f"{self._sequence}-{place}",
            self._sequence,
            self._hash,
            line.user,
            self._owner,
            asset,
            _USAGE,
            format_amount(-line.amount, asset),
            format_amount(line.balance_after, asset),
            self._pending_after,
            slice_answers(line.lots, asset),
            self._time(line.occurred_us),
            self._recorded_at,
            line.id,
            None,
            None,
            False,
            usage_answer(line, asset, _rate(bytes(line.rate))),
        )
        if line.metadata is None:
            return answer
        return answer.with_texts(line.metadata, None, {} if text is None else {line.metadata: text})

    def _time(self, us: int) -> str:
        """Mostly of a use whose caller named no time: then it is when it was recorded."""
        return self._recorded_at if us == self._recorded_us else format_time(us)


def _rate(stored: bytes) -> RateAnswer | None:
    """Return the answer's JSON of a stored rate, or null."""
    return _new_rate(stored) if _USED_BEFORE in stored else _known_rate(stored)


@lru_cache(maxsize=1024)
def _known_rate(stored: bytes) -> RateAnswer | None:
    """Remember the rate, as few come again and again; not those that say what was used before."""
    return _new_rate(stored)


def _new_rate(stored: bytes) -> RateAnswer | None:
    rate = _decode_rate(stored)
    return msgspec.Raw(_encode(rate and rate_answer(rate)))  # type: ignore[return-value]
