"""Overage is conserved: for any use, holds, credit, time and ends, what was used beyond the credits
is billed once, is owed by the wallet, or was paid by credit of its own month; half of the limit is
told once a month, or since the last bill within it.

The model is written from the design alone, in whole credits: a number of them and a debt.
"""

from __future__ import annotations

from dataclasses import dataclass, field

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from ledger.kernel.errors import LedgerError
from ledger.kernel.money import CREDIT_SCALE
from ledger.kernel.times import format_time
from ledger.subscriptions.overage import overage_in
from ledger.subscriptions.overage_facts import HalfOfLimitReached
from ledger.subscriptions.plan import Overage
from tests.scenarios.commands import deposit, register, usage, use
from tests.scenarios.invoice_commands import settings as seller
from tests.scenarios.subscription_commands import cancel, publish_plan, set_policy, subscribe
from tests.scenarios.subscriptions.folding import (
    charges_of,
    every,
    invoices_of,
    pay,
    subscription_of,
    sweep,
    verify,
)
from tests.scenarios.wallet_commands import DAY, capture, place, release
from tests.scenarios.world import World, at

ONE = 10**CREDIT_SCALE
INCLUDED, LIMIT, CENTS = 100, 40, 1_000
"""A plan: its credits, its limit beyond them, and its price of 1,000 credits: a cent for each."""

INTERIM = 30
"""The debt that some orgs bill at once."""

KINDS = ("use", "reject", "hold", "capture", "release", "buy", "month", "end")
steps = st.lists(st.tuples(st.sampled_from(KINDS), st.integers(1, 130)), min_size=1, max_size=14)


@dataclass
class Model:
    """A payer whose plan is paid at once each month."""

    left: int = INCLUDED
    debt: int = 0
    runs: bool = True
    holds: list[tuple[int, int]] = field(default_factory=list)
    """Open ones, each with what it took of the credit and of the line."""
    billed: list[int] = field(default_factory=list)
    """What each invoice asks for, in credits; one that was made void is gone."""
    told: int = 0
    is_told: bool = False

    def room(self) -> int:
        """What may be begun."""
        if not self.runs:
            return 0 if self.debt else self.left
        return self.left + LIMIT - self.debt - sum(beyond for _, beyond in self.holds)

    def admits(self, amount: int) -> bool:
        """What the credit covers may begin, whatever holds have of a line."""
        return self.room() >= amount

    def use(self, amount: int) -> None:
        paid = min(self.left, amount)
        self.left -= paid
        self.debt += amount - paid

    def come(self, amount: int) -> None:
        """Credit pays debt first."""
        paid = min(self.debt, amount)
        self.debt -= paid
        self.left += amount - paid

    def hold(self, amount: int) -> None:
        taken = min(self.left, amount)
        self.left -= taken
        self.holds.append((taken, amount - taken))

    def end_hold(self, amount: int) -> None:
        """So much of what was set aside was used, the rest comes back."""
        taken, _ = self.holds.pop(0)
        pays = min(taken, amount)
        self.come(taken - pays)
        self.use(amount - pays)

    def bill(self) -> None:
        self.is_told = False
        if self.debt:
            self.billed.append(self.debt)
            self.debt = 0

    def tell(self) -> None:
        if self.runs and not self.is_told and 2 * self.debt >= LIMIT:
            self.is_told = True
            self.told += 1


class Story:
    """What happens to a payer, and to the model of one."""

    def __init__(self, interim: int | None) -> None:
        self.world, self.model, self.interim = begun(interim), Model(), interim
        self.open_holds: list[str] = []

    def happen(self, kind: str, amount: int, name: str) -> None:
        """Have something happen, if it can."""
        if kind in ("use", "reject"):
            self._use(amount, name, reject=kind == "reject")
        elif kind == "hold":
            self.world.when(place(str(amount), id=name, lasts_us=6 * DAY))
            if is_admitted(self.world, self.model, amount):
                self.model.hold(amount)
                self.open_holds.append(name)
        elif kind in ("capture", "release") and self.open_holds:
            hold = self.open_holds.pop(0)
            self.world.given(capture(str(amount), id=hold) if kind == "capture" else release(hold))
            self.model.end_hold(amount if kind == "capture" else 0)
        elif kind == "buy":
            self.world.given(deposit(str(amount), key=name))
            self.model.come(amount)
        elif kind in ("month", "end") and self.model.runs:
            if kind == "end":
                self.world.given(cancel(key=name))
            self._pass_a_month()
        self._reach()

    def _reach(self) -> None:
        """Half of the limit is told, and an org's threshold billed."""
        self.model.tell()
        if self.interim and self.model.runs and self.model.debt >= self.interim:
            assert sweep(self.world) == 1
            self.model.bill()
            pay(self.world)

    def _use(self, amount: int, name: str, *, reject: bool) -> None:
        self.world.when(usage([use(str(amount), id=name, reject=reject)]))
        if not reject or is_admitted(self.world, self.model, amount):
            self.model.use(amount)

    def _pass_a_month(self) -> None:
        """The period ends, and its debt is billed before the credits of the next come. What was set
        aside has run out by then."""
        world, model = self.world, self.model
        while self.open_holds:
            self.open_holds.pop()
            model.end_hold(0)
        world.given(at(format_time(subscription_of(world).end_us)))
        assert sweep(world) == 1
        had = len(model.billed)
        model.bill()
        model.runs = not subscription_of(world).is_over
        if len(model.billed) > had or model.runs:
            pay(world)
        if model.runs:
            model.come(INCLUDED)


@given(steps, st.sampled_from((None, INTERIM)))
@settings(max_examples=25, suppress_health_check=[HealthCheck.too_slow], deadline=None)
def test_what_was_used_beyond_the_credits_is_billed_once_and_none_is_lost(
    asked: list[tuple[str, int]], interim: int | None
) -> None:
    story = Story(interim)
    for number, (kind, amount) in enumerate(asked):
        story.happen(kind, amount, f"{kind} {number}")
        compare(story.world, story.model)
    assert verify(story.world).exit_code == 0


def begun(interim: int | None) -> World:
    """A payer of the plan."""
    world = World().given(
        register(),
        seller(),
        set_policy(key="policy", interim=interim and interim * ONE),
        publish_plan(
            "some",
            key="some",
            credits_included=INCLUDED * ONE,
            roll_over_days=3_650,
            overage=Overage.PAY_AS_YOU_GO,
            overage_price=CENTS,
            overage_limit=LIMIT * ONE,
        ),
        subscribe("some"),
    )
    pay(world)
    return world


def is_admitted(world: World, model: Model, amount: int) -> bool:
    """What was asked for may begin exactly where the model says so."""
    refused = any(isinstance(each, LedgerError) for each in world.outcomes)
    assert refused is not model.admits(amount), (amount, model)
    return not refused


def compare(world: World, model: Model) -> None:
    """The wallet, its invoices and the checks say what the model does."""
    balance = world.balance()
    assert (balance.available, balance.debt) == (model.left * ONE, model.debt * ONE)
    asked = [
        (overage_in(each.draft.items), each.total % CENTS)
        for each in invoices_of(world)
        if overage_in(each.draft.items)
    ]
    assert asked == [(each * ONE, each % CENTS) for each in model.billed]
    told = sum(isinstance(fact, HalfOfLimitReached) for _, fact in every(world))
    assert told == model.told
    paid = sum(each.money.amount for each in charges_of(world))
    assert paid == sum(each.total for each in invoices_of(world))
