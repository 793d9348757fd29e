"""The machine: processes on one event store that loses commits, and the model beside them."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import timedelta
from typing import Any, ClassVar

from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule

from api import container
from api.commands.command import Command
from api.commands.credits.hold_result import HoldResult
from api.commands.result import CommandResult
from api.writer.doubts import Doubts
from api.writer.group_commit import GroupCommit
from ledger.credits.balance import balance_at
from ledger.credits.balance_row import restore_wallet
from ledger.credits.lots import OpenLot
from ledger.kernel.errors import Unavailable
from ledger.kernel.ids import wallet_id
from ledger.kernel.money import CREDIT
from ledger.kernel.times import microseconds, moment
from ledger.rating.rate_card import Mode, Price
from ledger.rating.rate_card_prices import TierOver, TierScope
from ledger.rating.unit_prices import tiers_of
from tests.properties import actions as a
from tests.properties.caps import CAPS, cap_of
from tests.properties.faults import Fault, FaultyEventStore
from tests.properties.follower import Follower
from tests.properties.model import DAY, NEVER, MLot, MWallet
from tests.properties.model_months import MMonths
from tests.properties.model_org import MODEL, MONTHLY, Answer, Done, Model
from tests.properties.piped import Piped
from tests.properties.sending import answer_of, command_of
from tests.scenarios.clock import StandingClock
from tests.scenarios.commands import ORG, price, publish, register
from tests.scenarios.wallet_commands import caps

PRICES = [
    price(MODEL, "input_tokens", "0.0005"),
    Price(
        MODEL,
        "output_tokens",
        "0.003",
        1_000_000,
        "usd",
        0,
        Mode.GRADUATED,
        tiers_of([(10, "0.003"), (None, "0.00025")], 1_000_000, "usd", "tiers"),
    ),
]


def _monthly(together: bool) -> list[Price]:
    """As `model_months` has them: microcredits are thousandths of a dollar for a million."""
    seconds = tiers_of([(10, "0.0005"), (25, "0.00025"), (None, "0.003")], 10**6, "usd", "tiers")
    volume = tiers_of([(10, "0.003"), (20, "0.0005"), (None, "0.00025")], 10**6, "usd", "tiers")
    month = TierScope.MONTH
    over = TierOver.ORG if together else TierOver.PAYER
    package = ("0.000000007", 5, "usd", 7 * 10**9, Mode.PACKAGE)
    return [
        Price(MONTHLY, "seconds", "0", 10**6, "usd", 0, Mode.GRADUATED, seconds, tier_scope=month),
        Price(MONTHLY, "images", *package, tier_scope=month, tier_over=over),
        Price(MONTHLY, "characters", "0", 10**6, "usd", 0, Mode.VOLUME, volume, tier_scope=month),
    ]


FAULTS = [Fault.NONE] * 8 + list(Fault)


Standing = tuple[int, str, int, int, int, float, int]
"""A lot: its number, kind, what is left and held, when it begins and ends, its priority."""


def ranked(wallet: MWallet) -> list[Standing]:
    """The model's lots with something left or held, in burn order."""
    lots = [lot for lot in wallet.lots if lot.left or lot.held]
    return [
        (lot.number, lot.kind, lot.left, lot.held, lot.starts, lot.ends, lot.priority)
        for lot in sorted(lots, key=MLot.rank)
    ]


def month_end(us: int) -> int:
    """Free credit lasts until the month is over."""
    later = moment(us).replace(day=28) + timedelta(days=4)
    return microseconds(later.replace(day=1, hour=0, minute=0, second=0, microsecond=0))


Process = GroupCommit | Piped


class WalletMachine(RuleBasedStateMachine):
    """Three processes on one event store, and the model."""

    steps: ClassVar[int] = 0

    @initialize(shared=st.booleans(), together=st.booleans())
    def begin(self, shared: bool, together: bool) -> None:
        """An org whose members pay for themselves or whose pool does, and a price that counts each
        payer's month or the org's."""
        self.clock = StandingClock()
        self.epoch = self.clock()
        self.event_store = FaultyEventStore(self.clock)
        self.processes = [self.process(place) for place in range(3)]
        self.follower = Follower(self.event_store)
        self.model = Model(shared, months=MMonths(together))
        self.past = a.Past()
        self.places: dict[a.Origin, tuple[int, int]] = {}
        mode = "shared" if shared else "individual"
        prices = PRICES + _monthly(together)
        self.processes[0].run([register(mode=mode), publish(prices, key="card")])
        self.processes[0].run([caps(*map(cap_of, CAPS[0]))])
        self.model.set_caps(CAPS[0], self.now())

    def process(self, place: int) -> Process:
        """A process that keeps almost nothing in memory; two of them decide ahead."""
        ledger = container.ledger(self.event_store)
        # It trusts again soon: both ways are taken in every run.
        process = GroupCommit(ledger, self.clock, aggregates_max=3, doubts=Doubts(groups=1))
        return process if place == 0 else Piped(process, lazy=place == 1)

    # -- steps -------------------------------------------------------------------------------

    @rule(
        wishes=st.lists(a.ACTIONS, min_size=1, max_size=4),
        process=st.integers(0, 2),
        fault=st.sampled_from(FAULTS),
    )
    def send(self, wishes: list[Any], process: int, fault: Fault) -> None:
        """A group of commands, sent again as long as the service says so."""
        several = len(wishes) > 1 or any(isinstance(w, a.Spend) and len(w.uses) > 1 for w in wishes)
        if fault is Fault.LOSE_STORE and several:
            # What was refused may be accepted when it is sent again: the rest has committed.
            fault = Fault.LOSE_ANSWER
        if fault is Fault.FAIL and len(wishes) > 1 and process:
            # What a half of one was told to send again comes after the other half.
            fault = Fault.LOSE_COMMIT
        actions = self.settle(wishes)
        self.event_store.fault = fault
        outcomes = self.group_of(self.processes[process], actions)
        self.event_store.fault = Fault.NONE
        self.compare(actions, outcomes)

    @rule(
        mine=st.lists(a.ACTIONS, min_size=1, max_size=2),
        theirs=st.lists(a.ACTIONS, min_size=1, max_size=2),
        places=st.permutations(range(3)).map(lambda order: (order[0], order[1])),
    )
    def race(self, mine: list[Any], theirs: list[Any], places: tuple[int, int]) -> None:
        """Another process commits between our decision and our commit."""
        ours, others = self.settle(mine), self.settle(theirs)
        # A refusal that was answered ahead of the others' commit is right, and not what follows
        # from it: of two groups of ours they come before the first.
        ours_in, theirs_in = places if len(ours) == 1 else (0, max(places))
        seen: list[Any] = []
        self.event_store.rival = lambda: seen.extend(
            self.group_of(self.processes[theirs_in], others)
        )
        outcomes = self.group_of(self.processes[ours_in], ours)
        self.event_store.rival = None
        if seen:
            self.compare(others, seen)
        self.compare(ours, outcomes)

    @rule(us=st.sampled_from([1, 2, 5, 20, -1, -5]), process=st.integers(0, 2))
    def time_passes_and_a_process_restarts(self, us: int, process: int) -> None:
        """The clock may also be set back."""
        self.clock.now_us = max(self.epoch, self.clock.now_us + us)
        self.processes[process] = self.process(process)

    @rule(before=st.sampled_from([0, 0, 1]), which=st.sampled_from([0, 0, 1, -1]))
    def something_falls_due(self, before: int, which: int) -> None:
        """Now exactly, or in a microsecond: periods are half-open. Or much falls due at once."""
        edges: set[float] = set()
        for wallet in self.model.wallets.values():
            edges |= {at for lot in wallet.lots for at in (lot.starts, lot.ends)} - {NEVER}
            edges |= {hold.ends for hold in wallet.holds.values()}
            edges |= {hold.ends + DAY for hold in wallet.holds.values()}
            edges |= set(wallet.lapsed.values())
        now = self.now()
        ahead = sorted(int(at) - before for at in edges if now < at - before <= now + 2 * DAY)
        self.clock.now_us = ahead[min(which, len(ahead) - 1)] if ahead else self.clock.now_us

    # -- comparing ---------------------------------------------------------------------------

    def now(self) -> int:
        """The moment of the next decision."""
        heads, _ = self.event_store.look_up([ORG], [])
        return max(self.clock(), heads[ORG].recorded_us)

    def settle(self, wishes: list[Any]) -> list[a.Action]:
        return [self.past.settle(wish, self.now()) for wish in wishes]

    def compare(self, actions: Sequence[a.Action], outcomes: Sequence[Any]) -> None:
        self.follower.catch_up()
        for action, outcome in zip(actions, outcomes, strict=True):
            assert self.read(outcome) == self.expect(action), action
            self.remember(action, outcome)
        self.past.holds = [each for each in self.past.holds if each in self.model.hold_owners]

    def read(self, outcome: Any) -> Answer | list[Answer]:
        """An outcome in the words of the model."""
        numbers = self.follower.numbers
        if isinstance(outcome, list):
            return [answer_of(each, numbers) for each in outcome]
        return answer_of(outcome, numbers)

    def expect(self, action: a.Action) -> Answer | list[Answer]:
        """What the model says. Time does not pass in a step, so its moment is the group's."""
        if isinstance(action, a.Spend):
            return self.model.use_all(action.uses, action.atomic, self.now())
        return self.model.once(
            "header", action.key, (type(action), action), self.effect(action), self.now()
        )

    def effect(self, action: a.Action) -> Callable[[int], Done]:  # noqa: C901
        """What an action does to the model at a moment."""
        model = self.model
        match action:
            case a.Receive(_, owner, kind, amount, starts, ends, priority):

                def receive(now: int) -> Done:
                    begin = now if starts is None else starts
                    never = month_end(begin) if kind == "free" else NEVER
                    lot = MLot(-1, kind, amount, begin, never if ends is None else ends, priority)
                    return model.receive("in", owner, lot, now)

                return receive
            case a.Adjust(_, owner, amount) if amount > 0:
                return lambda now: model.receive(
                    "adjust", owner, MLot(-1, "adjustment", amount, now), now
                )
            case a.Adjust(_, owner, amount):
                return lambda now: model.take_away(owner, -amount, now)
            case a.Place(key, user, asked, lasts, service):
                return lambda now: model.place(key, user, asked, lasts, service, now)
            case a.Capture(key, hold, use, _):
                return lambda now: model.capture(key, hold, use, now)
            case a.Release(_, hold):
                return lambda now: model.release(hold, now)
            case a.Extend(_, hold, lasts):
                return lambda now: model.extend(hold, lasts, now)
            case a.Transfer(_, giver, receiver, amount):
                return lambda now: model.transfer(giver, receiver, amount, now)
            case a.Reverse(_, original, part):
                return lambda now: model.reverse(original, part, now)
            case a.Zap(_, owner):
                return lambda now: model.zap(owner, now)
            case a.Suspend(_, owner, suspended):
                return lambda now: model.suspend(owner, suspended, now)
            case a.Limit(_, which):
                return lambda now: model.set_caps(CAPS[which % len(CAPS)], now)
        raise AssertionError(action)

    def remember(self, action: a.Action, outcome: Any) -> None:
        """Where the transactions are that may be reversed later."""
        names = (
            [("line", use.id) for use in action.uses]
            if isinstance(action, a.Spend)
            else [("header", action.key)]
        )
        outcomes = outcome if isinstance(outcome, list) else [outcome] * len(names)
        for name, each in zip(names, outcomes, strict=True):
            answer = self.model.answers.get(name, (None, ""))[1]
            moved = isinstance(answer, Done) and answer.what not in ("hold", "flag", "caps")
            if isinstance(each, CommandResult | HoldResult) and moved and name not in self.places:
                self.places[name] = (each.stored_fact.sequence, each.line)
                self.past.originals.append(name)

    @invariant()
    def the_journal_keeps_its_laws(self) -> None:
        WalletMachine.steps += 1
        self.follower.catch_up()

    @invariant()
    def months_are_the_models(self) -> None:
        rows = self.event_store.every_meter()
        assert {(row.payer, row.meter, row.month): row.used for row in rows} == (
            self.model.months.used
        )

    @invariant()
    def balances_and_alerts_are_the_models(self) -> None:
        """The rows as they were written, and what they say now of what fell due since."""
        now = self.now()
        assert self.follower.alerts == [tuple(alert) for alert, _ in self.model.caps.alerts]
        for owner, written in self.model.wallets.items():
            name = wallet_id(ORG, owner, CREDIT)
            row = self.event_store.balance_rows([name])[name]
            wallet = restore_wallet(name, row)
            assert (row.credits + row.held - row.debt, row.debt) == (
                written.balance(),
                written.debt,
            )
            assert self.there(name, wallet.funds.lots) == ranked(written)
            assert wallet.suspended == written.suspended
            assert wallet.funds.holds.keys() == written.holds.keys()
            balance, modelled = balance_at(wallet.funds, now), written.until(now)
            assert (balance.available, balance.debt) == (modelled.available(now), modelled.debt)
            assert balance.total + balance.pending == modelled.balance()
            assert self.there(name, balance.lots) == ranked(modelled)

    def there(self, name: str, lots: Sequence[OpenLot]) -> list[Standing]:
        """Open lots, in their order."""
        return [self.standing(self.follower.numbers[name, lot.terms.id], lot) for lot in lots]

    def standing(self, number: int, lot: OpenLot) -> Standing:
        terms, ends = lot.terms, NEVER if lot.terms.expires_us is None else lot.terms.expires_us
        begins = terms.effective_us
        return number, terms.kind, lot.left, lot.held, begins, ends, terms.priority

    def teardown(self) -> None:
        if hasattr(self, "follower"):
            self.follower.end()

    # -- doing -------------------------------------------------------------------------------

    def group_of(self, process: Process, actions: Sequence[a.Action]) -> list[Any]:
        """Run a group; whoever is told that the outcome is unknown sends the same again."""
        commands: list[Command[object]] = [command_of(each, self.places) for each in actions]
        outcomes = process.run(commands)
        for place, command in enumerate(commands):
            for _ in range(4):  # no more than one fault waits, and one moment without a store
                if isinstance(outcomes[place], Unavailable):
                    (outcomes[place],) = process.run([command])
            assert not isinstance(outcomes[place], Unavailable), actions[place]
        return outcomes
