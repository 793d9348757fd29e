"""Cap lines: what facts say of spend caps and of the alerts they raise."""

from __future__ import annotations

from typing import NamedTuple

from ledger.credits.cap_book import CapBook
from ledger.credits.caps import Cap
from ledger.kernel.aggregate import Fact
from ledger.kernel.by_type import ByType


class CapLine(NamedTuple):
    """A cap with its place among those that are put in force; none: there are no more."""

    line: int
    cap: Cap | None


class AlertLine(NamedTuple):
    """A threshold that was crossed; amounts in microcredits."""

    cap: str
    subject: str
    period_from_us: int
    percent: int
    spent: int
    limit: int


@ByType
def caps_of(fact: Fact) -> list[CapLine]:
    """Return the caps that a fact puts in force; of none, that there are none."""
    return []


@caps_of.register
def _set(fact: CapBook.CapsSet) -> list[CapLine]:
    return [CapLine(*each) for each in enumerate(fact.caps)] or [CapLine(0, None)]


@ByType
def alerts_of(fact: Fact) -> list[AlertLine]:
    """Return the alert that a fact is, if it is one."""
    return []


@alerts_of.register
def _raised(fact: CapBook.AlertRaised) -> list[AlertLine]:
    crossed = (fact.period_from_us, fact.percent, fact.spent, fact.limit)
    return [AlertLine(fact.cap, fact.subject, *crossed)]
