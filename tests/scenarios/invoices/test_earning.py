"""What a credit note takes back of time to come, worked by hand: 28 days at a dollar each."""

from __future__ import annotations

import pytest

from ledger.invoices.invoice_base import CreditNote
from ledger.invoices.item import Source
from tests.scenarios.commands import us
from tests.scenarios.invoice_commands import credit, draft, issue, item, settings
from tests.scenarios.invoices.folding import every, invoice_of, verify
from tests.scenarios.world import World

BEGINS, MIDDLE, LATER, ENDS = (
    f"2026-{day}T12:00:00Z" for day in ("02-01", "02-15", "02-22", "03-01")
)


@pytest.fixture
def period(world: World) -> World:
    """An invoice of a period that begins."""
    bought = item(2_800, source=Source.SUBSCRIPTION, from_us=us(BEGINS), until_us=us(ENDS))
    return world.given(settings(), draft(bought), issue())


def unearned(notes: list[CreditNote]) -> list[int]:
    return [line.unearned for note in notes for line in note.lines]


def test_notes_take_from_the_time_to_come_and_then_from_what_was_earned(period: World) -> None:
    period.clock.move_to(MIDDLE)  # 14 days are left: 1,400
    period.given(credit(500, note="a"))
    period.clock.move_to(LATER)  # 7 days are left: 700, less half of the 500
    period.given(credit(600, note="b"), credit(100, note="c"))
    assert unearned(invoice_of(period).credit_notes) == [500, 450, 0]
    assert verify(period).exit_code == 0


@pytest.mark.parametrize(("at", "left"), [(BEGINS, 2_800), (MIDDLE, 1_400), (ENDS, 0)])
def test_all_of_it_takes_all_that_is_left(period: World, at: str, left: int) -> None:
    period.clock.move_to(at)
    period.given(credit())
    assert unearned(invoice_of(period).credit_notes) == [left]


def test_what_is_of_no_time_is_earned_at_once(world: World) -> None:
    world.given(settings(), draft(item(100)), issue(), credit(40))
    assert unearned(invoice_of(world).credit_notes) == [0]


def test_more_than_is_left_is_found(period: World) -> None:
    period.clock.move_to(MIDDLE)
    period.given(credit(1_500))
    (note,) = [each for each, _ in every(period) if each.type == "invoices.CreditNoteIssued"]
    assert b'"unearned":1400' in note.body
    for wrong in (b"1401", b"-1"):
        body = note.body.replace(b'"unearned":1400', b'"unearned":' + wrong)
        report = verify(period, {note.position: body})
        assert "of time to come" in str(report["invoices"].first)
