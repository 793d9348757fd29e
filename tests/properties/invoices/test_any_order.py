"""Invoices in any order of what can be done to them, against a small model of sums and states."""

from __future__ import annotations

from dataclasses import dataclass, field
from fractions import Fraction
from random import Random

import pytest

from ledger.invoices.bill import Rounding
from ledger.invoices.item import Discount
from ledger.kernel.errors import LedgerError
from tests.scenarios.commands import register
from tests.scenarios.invoice_commands import (
    change,
    credit,
    draft,
    issue,
    item,
    pay,
    settings,
    tax,
    tax_rates,
    void,
    write_off,
)
from tests.scenarios.invoices.folding import books_of, invoice_of, numbers_of, verify
from tests.scenarios.world import Step, World

PERCENT = 19


@dataclass
class Model:
    """An invoice as a person would keep it on paper: no line, no share, only what is owed."""

    amounts: list[int]
    off: int
    status: str = "draft"
    total: int = 0
    paid: int = 0
    credited: int = 0
    notes: int = 0
    near: Fraction = field(default_factory=Fraction)

    @property
    def left(self) -> int:
        """What is still owed."""
        return max(0, self.total - self.paid - self.credited)

    def exactly(self) -> Fraction:
        """What it would come to if nothing were rounded."""
        whole = sum(self.amounts)
        return Fraction((whole - min(whole, self.off)) * (100 + PERCENT), 100)

    def settles(self) -> None:
        """Nothing is left: it is paid."""
        if self.status in ("open", "uncollectible") and not self.left:
            self.status = "paid"


@pytest.mark.parametrize("seed", range(12))
def test_sums_states_and_numbers_are_those_of_the_model(seed: int) -> None:
    chance = Random(seed)
    rounding = chance.choice(list(Rounding))
    world = World().given(register(), settings(rounding=rounding), tax_rates(tax(PERCENT)))
    models: dict[str, Model] = {}
    for number in range(60):
        if len(models) < 3 or not chance.randrange(6):
            name = f"i{number}"
            amounts = [chance.randrange(1, 3_000) for _ in range(chance.randrange(1, 6))]
            models[name] = Model(amounts, chance.choice([0, 0, 77, 10_000]))
            world.given(draft(*map(item, amounts), id=name, discounts=_off(models[name])))
        name = chance.choice(sorted(models))
        _step(world, models[name], name, f"{number}", chance)
        _compare(world, models[name], name)
    assert verify(world).exit_code == 0
    numbered = [each for each in models.values() if each.total or each.status == "paid"]
    invoices = [each for each in numbers_of(world) if each.startswith("INV")]
    notes = [each for each in numbers_of(world) if each.startswith("CN")]
    assert invoices == [f"INV-2026-{n:06}" for n in range(1, len(invoices) + 1)]
    assert notes == [f"CN-2026-{n:06}" for n in range(1, len(notes) + 1)]
    assert len(notes) == sum(each.notes for each in models.values())
    assert len(invoices) >= len(numbered)
    _compare_books(world, models)


def _off(model: Model) -> tuple[Discount, ...]:
    return (Discount(name="off", amount=model.off),) if model.off else ()


def _step(world: World, model: Model, name: str, key: str, chance: Random) -> None:
    """Something is asked for, allowed or not; the model says which it must have been."""
    chance.choice(STEPS)(world, model, name, key, chance.randrange(1, 4_000))
    model.settles()


def _change(world: World, model: Model, name: str, key: str, amount: int) -> None:
    command = change(item(amount), item(5), id=name, key=key)
    if _asked(world, command, model.status == "draft"):
        model.amounts, model.off = [amount, 5], 0


def _issue(world: World, model: Model, name: str, key: str, amount: int) -> None:
    if _asked(world, issue(name, key=key), model.status == "draft"):
        model.total = invoice_of(world, name).total
        model.near, model.status = model.exactly(), "open"


def _pay(world: World, model: Model, name: str, key: str, amount: int) -> None:
    may = model.status in ("open", "uncollectible") and amount <= model.left
    if _asked(world, pay(amount, id=name, key=key), may):
        model.paid += amount


def _pay_rest(world: World, model: Model, name: str, key: str, amount: int) -> None:
    may = model.status in ("open", "uncollectible")
    if _asked(world, pay(id=name, key=key), may):
        model.paid += model.left


def _credit(world: World, model: Model, name: str, key: str, amount: int) -> None:
    may = model.status in ("open", "paid", "uncollectible")
    rest = model.total - model.credited
    if _asked(world, credit(amount, id=name, note=key), may and amount <= rest):
        model.credited += amount
        model.notes += 1


def _void(world: World, model: Model, name: str, key: str, amount: int) -> None:
    clean = not model.paid and not model.notes
    if _asked(world, void(name), model.status in ("draft", "open") and clean):
        model.status = "void"


def _write_off(world: World, model: Model, name: str, key: str, amount: int) -> None:
    if _asked(world, write_off(name), model.status == "open"):
        model.status = "uncollectible"


STEPS = (_change, _issue, _issue, _issue, _pay, _pay, _pay_rest, _credit, _void, _write_off)


def _asked(world: World, command: Step, is_allowed: bool) -> bool:
    """Ask for something; what was done before by the same key is done no more."""
    world.when(command)
    if any(getattr(each, "replayed", False) for each in world.outcomes):
        return False
    refused = bool(world.refusals)
    assert refused is not is_allowed, (command, world.outcomes)
    assert all(isinstance(each, LedgerError) for each in world.refusals)
    return is_allowed


def _compare(world: World, model: Model, name: str) -> None:
    found = invoice_of(world, name)
    assert found.status == model.status
    assert (found.paid, found.credited) == (model.paid, model.credited)
    if found.issued is None:
        return
    bill = found.issued.bill
    assert bill.subtotal - bill.discount + bill.tax == bill.total
    assert bill.subtotal == sum(model.amounts)
    assert bill.discount == min(sum(model.amounts), model.off)
    # Each line is at most half a unit away from what is exact, or all of them together are.
    assert abs(bill.total - model.near) <= Fraction(len(bill.lines), 2)
    for place, line in enumerate(bill.lines):
        back = [each for note in found.credit_notes for each in note.lines if each.line == place]
        assert sum(each.total for each in back) <= line.total
        if back and sum(each.total for each in back) == line.total:
            assert sum(each.tax for each in back) == line.tax
            assert sum(each.discount for each in back) == line.discount


def _compare_books(world: World, models: dict[str, Model]) -> None:
    books = books_of(world)
    live = [each for each in models.values() if each.status != "void"]
    assert books.get("Assets:Bank", 0) == sum(each.paid for each in models.values())
    owed = sum(each.total - each.paid - each.credited for each in live)
    receivable = books.get("Assets:Receivable:Invoices", 0) + books.get("Expenses:BadDebt", 0)
    assert receivable == owed
