"""Any history that the property tests can make is a journal that Beancount and hledger accept."""

from __future__ import annotations

from pathlib import Path
from typing import ClassVar

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import rule, run_state_machine_as_test

from ledger.bookkeeping.export import Bound
from ledger.bookkeeping.formats import Format
from ledger.ports import RecordedEvent
from tests.formats.bookkeeping.programs import (
    Hledger,
    beancount,
    beancount_sums,
    csv_sums,
    exported,
)
from tests.properties import conftest  # the profile
from tests.properties.machine import WalletMachine
from tests.properties.model import DAY
from tests.scenarios.commands import ORG

assert conftest


class BookkeptMachine(WalletMachine):
    """The machine, in which weeks pass too; its history is kept when it ends."""

    histories: ClassVar[list[list[RecordedEvent]]] = []

    @rule(days=st.sampled_from([9, 20]))
    def weeks_pass(self, days: int) -> None:
        self.clock.now_us += days * DAY

    def teardown(self) -> None:
        if hasattr(self, "event_store"):
            events = self.event_store.events_after(ORG, 0)
            half = Bound(sequence=max(1, len(events) // 2))
            for since in (None, half):
                sums = beancount_sums(beancount(exported(events, Format.BEANCOUNT, since)))
                assert csv_sums(exported(events, Format.CSV, since)) == sums
            self.histories.append(events)
        super().teardown()


def test_any_history_is_accepted_by_both(hledger_program: str, tmp_path: Path) -> None:
    BookkeptMachine.histories.clear()
    rounds = settings(max_examples=40, stateful_step_count=30)
    run_state_machine_as_test(BookkeptMachine, settings=rounds)
    longest = sorted(BookkeptMachine.histories, key=len)[-3:]
    assert len(longest[-1]) > 20
    hledger = Hledger(hledger_program, tmp_path)
    for events in longest:
        text = exported(events, Format.HLEDGER)
        assert hledger.check(text) == ""
        assert hledger.sums(text) == csv_sums(exported(events, Format.CSV))
