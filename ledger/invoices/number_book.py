"""The number book: the numbers of one series of an org, each once and without a gap."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import ClassVar

import msgspec

from ledger.invoices.settings import NumberFormat, Series
from ledger.kernel.aggregate import FirstFact, LedgerAggregate
from ledger.kernel.ids import name_of, split_stream_id, stream_id
from ledger.kernel.rows import TableRow
from ledger.kernel.times import moment
from ledger.ports import Rows

NUMBERS_STREAM = "numbers"
NUMBER_BOOKS = "number_books"
"""The table whose rows remember all of them."""


class NumberBookState(msgspec.Struct, frozen=True):
    """All that a number book remembers."""

    number: int
    year: int


class NumberBook(LedgerAggregate):
    """The numbers of one series."""

    TOPIC: ClassVar[str] = "invoices.NumberBook"
    STREAM: ClassVar[str] = f"{NUMBERS_STREAM}/"
    State = NumberBookState

    def __init__(self) -> None:
        self.number = 0
        """The last that was taken."""
        self.year = 0
        """When, in UTC."""

    class Event(LedgerAggregate.Event):
        """Base of a number book's facts."""

    class NumberBookOpened(Event, FirstFact):
        """An org begins to number something."""

        TOPIC: ClassVar[str] = "invoices.NumberBookOpened"

    class NumberTaken(Event):
        """A number belongs to a document, for ever: `text` is how it is written, `of` the id of an
        invoice, of a credit note or of an order. `is_first`: of its year, or of all."""

        TOPIC: ClassVar[str] = "invoices.NumberTaken"
        number: int
        year: int
        text: str
        of: str
        is_first: bool = False

        def apply(self, aggregate: NumberBook) -> None:
            aggregate.number, aggregate.year = self.number, self.year

    @classmethod
    def open(cls, org: str, series: Series, at: datetime) -> NumberBook:
        """Begin the numbers of a series."""
        return cls._create(cls.NumberBookOpened, id=numbers_id(org, series), timestamp=at)

    def rows(self) -> Iterable[TableRow]:
        org, _ = split_stream_id(self.id)
        columns = {
            "org": org,
            "series": name_of(self.id),
            "number": self.number,
            "year": self.year,
            "version": self.version,
        }
        return [TableRow(NUMBER_BOOKS, columns)]

    def next(self, numbers: NumberFormat, at: datetime) -> str:
        """Return the next number as it is written; it is nobody's until it is taken."""
        number, _ = self._next(numbers, at)
        return numbers.text(number, at.year)

    def take(self, numbers: NumberFormat, of: str, at: datetime) -> None:
        """Take the next number for a document."""
        number, is_first = self._next(numbers, at)
        self.trigger_event(
            self.NumberTaken,
            timestamp=at,
            number=number,
            year=at.year,
            text=numbers.text(number, at.year),
            of=of,
            is_first=is_first,
        )

    def _next(self, numbers: NumberFormat, at: datetime) -> tuple[int, bool]:
        is_first = not self.year or (numbers.is_yearly and at.year != self.year)
        return (numbers.start if is_first else self.number + 1), is_first


def restore_numbers(rows: Rows, numbers_ids: Iterable[str]) -> dict[str, NumberBook]:
    """Return number books as their rows remember them, without replay: they are long."""
    found = rows.kept_rows(NUMBER_BOOKS, [_place(each) for each in numbers_ids])
    books = {}
    for row in found:
        book_id = stream_id(row["org"], NUMBERS_STREAM, row["series"])
        state = NumberBookState(row["number"], row["year"])
        books[book_id] = NumberBook.restore(book_id, row["version"], moment(0), state)
    return books


def _place(numbers_id: str) -> tuple[str, str]:
    org, _ = split_stream_id(numbers_id)
    return org, name_of(numbers_id)


def numbers_id(org: str, series: Series) -> str:
    """Return the stream of the numbers of a series."""
    return stream_id(org, NUMBERS_STREAM, series)
