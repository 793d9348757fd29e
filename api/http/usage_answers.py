"""Answers to usage, made from the stored events without the facts between: a line is answered in a
fifth of the time that way (measured). A property test holds them to `transaction_answer`."""

from __future__ import annotations

from functools import lru_cache

import msgspec

from api.commands.receipts import Recorded
from api.http.transaction_answers import (
    SliceAnswer,
    TransactionAnswer,
    UsageAnswer,
    rate_answer,
    time_or_null,
)
from ledger.credits.debits import UsageRecorded
from ledger.credits.transactions import Category
from ledger.credits.usage import Rate
from ledger.kernel.ids import wallet_names
from ledger.kernel.money import format_amount
from ledger.kernel.times import format_time

_NULL, _NO_QUANTITIES = msgspec.Raw(b"null"), msgspec.Raw(b"{}")
_USAGE = Category.USAGE.value
_encode = msgspec.json.Encoder().encode


class _Slice(msgspec.Struct, gc=False):
    """What of a stored slice is answered."""

    lot: str
    kind: str
    amount: int
    expires_us: int | None = None


class _Line(msgspec.Struct, gc=False):
    """What of a stored usage line is answered; as JSON what is answered as it is stored."""

    id: str
    user: str
    credential: str
    occurred_us: int
    amount: int
    balance_after: int
    lots: list[_Slice] = []
    debt: int = 0
    service: str | None = None
    project: str | None = None
    provider: str | None = None
    model: str | None = None
    quantities: msgspec.Raw = _NO_QUANTITIES
    rate: msgspec.Raw = _NULL
    late: bool = False
    metadata: str | None = None


class _Body(msgspec.Struct, gc=False):
    lines: list[_Line]


_decode = msgspec.json.Decoder(_Body).decode
_decode_rate = msgspec.json.Decoder(Rate | None).decode


class UsageAnswers:
    """The answers to the lines of one recorded event of usage."""

    @staticmethod
    def can_read(recorded: Recorded) -> bool:
        """Whether it is such an event, in the version read here."""
        return recorded.topic == UsageRecorded.TOPIC and UsageRecorded.class_version == 1

    def __init__(self, recorded: Recorded) -> None:
        self._lines = _decode(recorded.body).lines
        self._owner, self._asset = wallet_names(recorded.aggregate_id)
        self._sequence = recorded.sequence
        self._hash = recorded.hash.hex()
        self._recorded_us = recorded.recorded_us
        self._recorded_at = format_time(recorded.recorded_us)

    def answer(self, place: int, text: str | None) -> TransactionAnswer:
        """The transaction of a line, with the erasable text that came with it."""
        line, asset = self._lines[place], self._asset
        amount = format_amount(line.amount, asset)
        answer = TransactionAnswer(
            f"{self._sequence}-{place}",
            self._sequence,
            self._hash,
            line.user,
            self._owner,
            asset,
            _USAGE,
            f"-{amount}" if line.amount else amount,
            format_amount(line.balance_after, asset),
            [_slice(part, asset, line.amount, amount) for part in line.lots],
            self._time(line.occurred_us),
            self._recorded_at,
            line.id,
            None,
            None,
            False,
            UsageAnswer(
                line.id,
                line.credential,
                line.service,
                line.project,
                line.provider,
                line.model,
                line.quantities,
                format_amount(line.debt, asset),
                line.late,
                _rate(bytes(line.rate)),
            ),
        )
        if line.metadata is None:
            return answer
        return answer.with_texts(line.metadata, None, {} if text is None else {line.metadata: text})

    def _time(self, us: int) -> str:
        """Mostly of a use whose caller named no time: then it is when it was recorded."""
        return self._recorded_at if us == self._recorded_us else format_time(us)


def _slice(part: _Slice, asset: str, whole: int, text: str) -> SliceAnswer:
    """Mostly one lot pays the whole, whose text is there already."""
    amount = text if part.amount == whole else format_amount(part.amount, asset)
    return SliceAnswer(part.lot, part.kind, amount, time_or_null(part.expires_us))


@lru_cache(maxsize=1024)
def _rate(stored: bytes) -> msgspec.Raw:
    """The answer's JSON of a stored rate, or null; few rates come again and again."""
    rate = _decode_rate(stored)
    return msgspec.Raw(_encode(rate and rate_answer(rate)))
