"""A model of spend caps, from DESIGN section 4: it keeps every use and adds up what it is asked."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import NamedTuple

DAY = 86_400_000_000


class MLabels(NamedTuple):
    """What a use is for."""

    user: str
    service: str | None = None
    model: str | None = None


ANY = MLabels("")


@dataclass(frozen=True)
class MCap:
    """A limit; `days` none: of a calendar month. `only` are labels a use must have, `each` counts
    every user alone."""

    id: str
    limit: int
    days: int | None
    hard: bool
    each: bool = False
    only: MLabels = ANY
    thresholds: tuple[int, ...] = (100,)

    def concerns(self, labels: MLabels) -> bool:
        return all(not want or want == has for want, has in zip(self.only, labels, strict=True))

    def subject(self, labels: MLabels) -> str:
        return labels.user if self.each else ""

    def adds_up(self, at: int, now: int) -> bool:
        """Whether what was counted at a moment is in the period that is now."""
        if self.days is None:
            return month(at) == month(now)
        return 0 <= now // DAY - at // DAY < self.days


@dataclass
class MCount:
    """An amount that caps have counted: which of them, when, and for whom."""

    caps: tuple[MCap, ...]
    labels: MLabels
    amount: int
    at: int


class MAlert(NamedTuple):
    """What an alert says."""

    cap: str
    subject: str
    percent: int
    spent: int
    limit: int


@dataclass
class MCaps:
    """The caps in force, all that was ever counted as spent, and the alerts with their times."""

    caps: tuple[MCap, ...] = ()
    spent: list[MCount] = field(default_factory=list)
    alerts: list[tuple[MAlert, int]] = field(default_factory=list)

    def counts(self, labels: MLabels, amount: int, now: int) -> MCount:
        """An amount as the caps in force count it."""
        caps = tuple(cap for cap in self.caps if cap.concerns(labels))
        return MCount(caps, labels, amount, now)

    def admits(self, asked: MCount, held: Iterable[MCount]) -> bool:
        """What is spent, what is held and what is asked stay within every hard cap."""
        counted = [*self.spent, *held]
        return asked.amount == 0 or all(
            total(cap, asked, counted) + asked.amount <= cap.limit for cap in asked.caps if cap.hard
        )

    def see_again(self, first: int, payer: Callable[[MCount], str]) -> None:
        """Uses of a batch alert in the order in which they are recorded: wallet by wallet."""
        batch = self.spent[first:]
        del self.spent[first:]
        payers = list(map(payer, batch))
        for use in sorted(batch, key=lambda each: payers.index(payer(each))):
            self.spend(use)

    def spend(self, use: MCount) -> None:
        """Count a use; thresholds that it passes alert, once in a period of a limit."""
        if not use.amount:
            return
        self.spent.append(use)
        for cap in use.caps:
            spent, subject = total(cap, use, self.spent), cap.subject(use.labels)
            before = [
                alert.percent
                for alert, at in self.alerts
                if alert[:2] == (cap.id, subject) and alert.limit == cap.limit
                if cap.adds_up(at, use.at)
            ]
            for percent in sorted(cap.thresholds):
                if percent > max(before, default=0) and spent * 100 >= cap.limit * percent:
                    alert = MAlert(cap.id, subject, percent, spent, cap.limit)
                    self.alerts.append((alert, use.at))

    def copy(self) -> MCaps:
        return MCaps(self.caps, list(self.spent), list(self.alerts))


def total(cap: MCap, use: MCount, counted: Iterable[MCount]) -> int:
    """What a cap has counted of these for the subject of a use in its period."""
    return sum(
        each.amount
        for each in counted
        if cap.id in {known.id for known in each.caps}
        if cap.subject(each.labels) == cap.subject(use.labels) and cap.adds_up(each.at, use.at)
    )


def month(us: int) -> tuple[int, int]:
    at = datetime.fromtimestamp(us // 1_000_000, UTC)
    return at.year, at.month
