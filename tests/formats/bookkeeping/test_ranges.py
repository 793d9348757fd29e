"""A part of a journal begins with what was in the books, so its assertions hold too."""

from __future__ import annotations

from decimal import Decimal

import pytest
from beancount.core import data

from ledger.bookkeeping.entries import OPENING_BALANCES
from ledger.bookkeeping.export import Bound
from ledger.bookkeeping.formats import Format
from ledger.kernel.errors import NotFound
from ledger.kernel.times import parse_time
from tests.formats.bookkeeping.programs import (
    Hledger,
    Sums,
    beancount,
    beancount_sums,
    csv_rows,
    csv_sums,
    exported,
)
from tests.formats.bookkeeping.year import events

RESULTS = ("Income:", "Expenses:")


def at(text: str) -> Bound:
    return Bound(us=parse_time(text, "at"))


MARCH, APRIL = at("2026-03-01T00:00:00Z"), at("2026-04-01T00:00:00Z")
RANGES = {
    "a month": (MARCH, APRIL),
    "to the middle of a day": (MARCH, at("2026-03-10T09:30:00Z")),
    "sequences": (Bound(sequence=60), Bound(sequence=90)),
    "from a sequence to a time": (Bound(sequence=60), APRIL),
    "without an end": (APRIL, None),
    "without a beginning": (None, MARCH),
    "months in which nothing moved": (at("2026-05-01T00:00:00Z"), at("2026-06-01T00:00:00Z")),
    "after everything": (at("9999-12-31T23:59:59Z"), None),
    "before everything": (None, Bound(sequence=1)),
}


def carried_over(sums: Sums) -> Sums:
    """Balances with what was earned and spent moved into the opening balances."""
    kept: dict[tuple[str, str], Decimal] = {}
    for (account, commodity), amount in sums.items():
        name = OPENING_BALANCES if account.startswith(RESULTS) else account
        kept[name, commodity] = kept.get((name, commodity), Decimal()) + amount
    return {place: amount for place, amount in kept.items() if amount}


@pytest.mark.parametrize("name", RANGES)
def test_a_part_is_accepted_and_adds_up_the_same_everywhere(hledger: Hledger, name: str) -> None:
    since, until = RANGES[name]
    sums = beancount_sums(beancount(exported(events(), Format.BEANCOUNT, since, until)))
    text = exported(events(), Format.HLEDGER, since, until)
    assert hledger.check(text) == ""
    assert hledger.sums(text) == sums == csv_sums(exported(events(), Format.CSV, since, until))
    whole = beancount_sums(beancount(exported(events(), Format.BEANCOUNT, None, until)))
    assert carried_over(sums) == carried_over(whole), "the ends of both are the same moment"


def test_what_was_earned_before_is_not_earned_again() -> None:
    before = beancount_sums(beancount(exported(events(), Format.BEANCOUNT, None, MARCH)))
    month = beancount_sums(beancount(exported(events(), Format.BEANCOUNT, MARCH, APRIL)))
    both = beancount_sums(beancount(exported(events(), Format.BEANCOUNT, None, APRIL)))
    accounts = {place for sums in (before, month, both) for place in sums}
    results = {place for place in accounts if place[0].startswith(RESULTS)}
    assert results
    for place in results:
        assert before.get(place, 0) + month.get(place, 0) == both.get(place, 0), place


def test_a_month_holds_its_own_events_and_no_other() -> None:
    rows = csv_rows(exported(events(), Format.CSV, MARCH, APRIL))
    found = {row["recorded_at"] for row in rows if row["type"] not in ("opening", "recognition")}
    assert min(found) == "2026-03-01T00:00:00.000000Z"
    assert max(found) == "2026-03-31T23:30:00.000000Z"
    first = min(e.sequence for e in events() if MARCH.reached(e))
    openings = {row["sequence"] for row in rows if row["type"] == "opening"}
    assert openings == {str(first - 1)}


def test_what_a_month_has_earned_is_booked_at_its_end_once_it_is_over() -> None:
    """Of an org in which nothing more happened, when that is known by the clock."""
    since, until = at("2027-02-15T00:00:00Z"), at("2027-04-01T00:00:00Z")
    said = [
        exported(events(), Format.CSV, since, until, now_us=each.us or 0)
        for each in (at("2027-03-31T23:59:59Z"), until)
    ]
    days = [
        [row["date"] for row in csv_rows(text) if row["account"] == "Income:Subscriptions"]
        for text in said
    ]
    assert days == [["2027-02-28"], ["2027-02-28", "2027-03-31"]]
    assert "Revenue recognised" not in exported(events(), Format.BEANCOUNT, since)


def test_a_finished_range_is_asserted_to_its_end() -> None:
    entries = beancount(exported(events(), Format.BEANCOUNT, MARCH, at("2026-06-01T00:00:00Z")))
    days = {str(entry.date) for entry in entries if isinstance(entry, data.Balance)}
    assert days == {"2026-04-01", "2026-05-01", "2026-06-01"}


def test_pages_do_not_show() -> None:
    for format in Format:
        one = exported(events(), format, MARCH, APRIL, page=1)
        assert one == exported(events(), format, MARCH, APRIL, page=1000)


def test_a_journal_of_events_that_are_missing_is_refused() -> None:
    for missing in (0, 50):
        kept = [event for place, event in enumerate(events()) if place != missing]
        with pytest.raises(NotFound, match=f"{missing + 1} to {missing + 1} are not"):
            exported(kept, Format.CSV)
