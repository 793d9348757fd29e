"""The inspection: a check that a context brings. Verification shows it every fact, then asks it to
compare what is kept beside them.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Hashable, Iterable, Mapping, Sequence
from typing import Any, ClassVar, Protocol, TypeVar

from ledger.kernel.aggregate import Fact, LedgerAggregate
from ledger.kernel.report import Check, Place, Report
from ledger.ports import RecordedEvent

A = TypeVar("A", bound=LedgerAggregate)
K = TypeVar("K", bound=Hashable)

Page = Sequence[tuple[RecordedEvent, Fact]]
"""Events that stand together, with their facts."""

Has = Callable[[str], bool]
"""Whether an org is looked at."""


class Folded(Protocol):
    """The aggregates that the events add up to, as they are after the last of them."""

    @property
    def broken(self) -> Mapping[str, str]:
        """Why those could not be folded that could not, by stream id."""

    def of(self, kind: type[A]) -> Iterable[tuple[A, int]]:
        """Yield the aggregates of a kind, each with the sequence of the last event of it."""

    def compare(
        self,
        kind: str,
        columns: Sequence[str],
        right: Mapping[Place, Any],
        stored: Iterable[tuple[str, Place, Any]],
    ) -> None:
        """Compare rows, each with the stream id of what it is about; what is about one that could
        not be folded is unchecked."""


class Inspection:
    """A check of a context. It is asked for what it says here, and does nothing unless it says so.

    `whole`: it sees every event of an org from the first one on. `store` is what its context says
    in its `ports` that verification reads of it.
    """

    KINDS: ClassVar[tuple[str, ...]] = ()
    """What it writes of in the report."""

    WHOLE: ClassVar[tuple[str, ...]] = ()
    """Of those the ones that need every event of an org."""

    BEFORE: ClassVar[tuple[str, ...]] = ()
    """The rare types of facts that it sees also of before where an org is looked at from."""

    ELSEWHERE: ClassVar[tuple[str, ...]] = ()
    """The orgs of which it sees those facts even when they are not looked at."""

    def __init__(self, report: Report, *, whole: bool = True) -> None:
        self.report = report
        self.whole = whole

    def remembered(self) -> dict[str, Any]:
        """Return all that it has seen: its attributes, but for where it reports."""
        return {
            name: value
            for name, value in vars(self).items()
            if not isinstance(value, Report | Check)
        }

    def go_on(self, remembered: Mapping[str, Any]) -> None:
        """Go on from where another has ended."""
        vars(self).update(remembered)

    def see(self, event: RecordedEvent, fact: Fact) -> None:
        """Take note of a fact."""

    def see_page(self, page: Page, store: Any) -> None:
        """Look up what the facts of a page name, with one question."""

    def end(self, store: Any, folded: Folded, has: Has) -> None:
        """Compare what is kept beside the events."""

    def _find(self, event: RecordedEvent, what: str, kind: str | None = None) -> None:
        """Report what is wrong of an event: of the first of its kinds, if none is said."""
        place = Place(event.org, event.sequence, position=event.position)
        self.report[kind or self.KINDS[0]].find(place, what)

    def _expect(self, event: RecordedEvent, is_so: bool, otherwise: str) -> None:
        """Report what is wrong of an event where something is not so."""
        if not is_so:
            self._find(event, otherwise)


def pair(alone: Counter[K], of: K, more: int) -> None:
    """Count what one side says more than the other; of what both say the same nothing stays."""
    alone[of] += more
    if not alone[of]:
        del alone[of]
