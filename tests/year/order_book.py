"""The order book: the year as it happens, from moment to moment: what payers do, what falls due,
and what the provider is asked for; each at its second."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import replace

import msgspec
import psycopg

from adapters.postgres.event_store import PostgresEventStore
from api import container
from api.commands.command import Command
from api.commands.due import FallDue
from api.commands.subscriptions.advance import AdvanceSubscription
from api.commands.subscriptions.charges import RecordCharge
from api.commands.subscriptions.returns import RecordReturns
from api.container import DueWorkStore, Endpoints
from api.writer.group_commit import GroupCommit
from ledger.kernel.decoding import decoder
from ledger.kernel.errors import InsufficientCredits, LedgerError, Refusal, Suspended
from ledger.ports import DueRow
from ledger.purchases.notice import DisputeChanged, Money, PaymentPaid
from ledger.purchases.provider import ChargeAsked, PurchaseRef, RefundAsked
from ledger.purchases.purchase_base import SavedMethod
from ledger.subscriptions.changes import When
from ledger.subscriptions.plan import Interval, Overage
from ledger.subscriptions.subscription import Subscription
from tests.scenarios.clock import StandingClock
from tests.scenarios.commands import ACTOR, ORG, register, usage, use
from tests.scenarios.invoice_commands import pay, settings, tax, tax_rates, write_off
from tests.scenarios.purchase_commands import publish_offers, refund, stands, start, told
from tests.scenarios.subscription_commands import (
    cancel,
    pause,
    publish_coupon,
    publish_plan,
    resume,
    subscribe,
)
from tests.scenarios.wallet_commands import transfer
from tests.still_clock import STILL_CLOCK
from tests.year.payers import Deed, What, deeds
from tests.year.till import Till

PRICE = 2_000
"""Of what is bought, in cents."""

_ASKED = """
SELECT sequence, body FROM tally.events
 WHERE org = %s AND sequence > %s AND type = 'subscriptions.ChargeAsked' ORDER BY sequence
"""
_DUE = "SELECT min(due_us) FROM tally.due WHERE org = %s"
_CHARGED = """
SELECT i.id, p ->> 'reference', (p ->> 'amount')::bigint
  FROM tally.invoice_states i, jsonb_array_elements(i.invoice -> 'payments') AS p
 WHERE i.org = %s AND i.owner = %s AND p ->> 'method' = 'stripe'
 ORDER BY (i.invoice #>> '{issued,issued_us}')::bigint DESC LIMIT 1
"""
_OPEN = "SELECT id FROM tally.invoice_states WHERE org = %s AND owner = %s AND status = 'open'"


class _Asked(msgspec.Struct):
    """What is asked for of a charge."""

    invoice: str
    charge: str
    money: Money
    method: SavedMethod


_decode = decoder(_Asked)


class OrderBook:
    """A store in which the year happens, with its clock and its till."""

    def __init__(self, ends: Endpoints, till: Till, clock: StandingClock, payers: int) -> None:
        self.clock = clock
        self.done: Counter[str] = Counter()
        self.refused: Counter[str] = Counter()
        self._till = till
        self._payers = payers
        self._cards: dict[tuple[str, str], SavedMethod] = {}
        self._bought: dict[str, list[str]] = {}
        self._payments: dict[str, str] = {}
        self._disputes: dict[str, str] = {}
        self._charged = 0
        self._keys = 0
        self._owner = psycopg.connect(ends.database.owner, autocommit=True)
        self._owner.execute(STILL_CLOCK)
        self._store = PostgresEventStore(ends.database.writer, name="year")
        self._commit = GroupCommit(container.ledger(self._store), self.clock)
        self._due = DueWorkStore(ends.database.writer)

    def close(self) -> None:
        """Close connections."""
        self._due.close()
        self._store.close()
        self._owner.close()

    def live(self, until_us: int) -> None:
        """Have all of it happen."""
        self._found()
        agenda = deeds(self._payers, until_us)
        while True:
            due_us = self._due_us()
            next_us = agenda[0].us if agenda else until_us
            now_us = min(next_us, until_us if due_us is None else due_us)
            if now_us >= until_us:
                break
            self.clock.now_us = max(self.clock.now_us, now_us)
            while agenda and agenda[0].us <= self.clock.now_us:
                self._do(agenda.pop(0))
            self._advance()
            self._settle()
        self.clock.now_us = until_us
        self._advance()
        self._settle()

    def _found(self) -> None:
        """Begin with an org that has plans, and says who it is on its invoices."""
        plans = (
            publish_plan(
                *("basic", 2_000),
                key="1",
                org=ORG,
                credits_included=50_000 * 10**6,
                overage=Overage.PAY_AS_YOU_GO,
                overage_price=100,
            ),
            publish_plan("basic-plus", 3_333, key="2", org=ORG, credits_included=70_000 * 10**6),
            publish_plan(
                *("crew", 10_000),
                key="3",
                org=ORG,
                credits_included=150_000 * 10**6,
                seats_included=5,
                seat_price=1_500,
            ),
            publish_plan("yearly", 20_000, key="4", org=ORG, interval=Interval.YEAR),
            publish_plan("yearly-large", 99_999, key="5", org=ORG, interval=Interval.YEAR),
            publish_plan("company", 50_000, key="6", org=ORG, net_days=30),
            publish_plan("tried", 2_900, key="7", org=ORG, trial_days=14),
        )
        rates = tax_rates(tax(19), key="tax", org=ORG)
        self._run([register(ORG), settings("inv", org=ORG), rates, *plans])
        coupons = (
            publish_coupon("THIRD", key="8", bps=3_333, periods=3),
            publish_coupon("FIRST", key="9", redemptions_max=20),
            publish_coupon("EVER", key="10", amount=777, currency="usd", periods=None),
        )
        self._run([publish_offers(key="offers", org=ORG), *coupons])

    # -- what payers do ----------------------------------------------------------------------

    def _do(self, deed: Deed) -> None:
        self.done[deed.what.name.lower()] += 1
        match deed.what:
            case What.SUBSCRIBE | What.CHANGE | What.USE_CARD:
                self._try(self._subscribe(deed))
            case What.CANCEL | What.LEAVE:
                at = When.NOW if deed.what is What.LEAVE else When.PERIOD_END
                self._try(cancel(key=self._key(), user=deed.user, at=at))
            case What.PAUSE:
                self._try(pause(key=self._key(), user=deed.user))
            case What.RESUME:
                self._try(resume(key=self._key(), user=deed.user))
            case What.WORK:
                self._work(deed)
            case What.GIVE:
                self._pay_by_bank()
            case What.WRITE_OFF:
                for invoice in self._open(deed.user):
                    self._run([write_off(invoice)])
            case What.TRANSFER:
                self._run(
                    [transfer("5000", giver=deed.user, receiver="payer-000", key=self._key())]
                )
            case _:
                self._trade(deed)

    def _subscribe(self, deed: Deed) -> Command[object]:
        asked = subscribe(
            deed.plan,
            key=self._key(),
            user=deed.user,
            seats=deed.seats,
            identity=f"{deed.user} is known" if deed.trial else None,
            coupon=deed.coupon,
        )
        is_new = deed.what is not What.CHANGE and bool(deed.card)
        method = self._card(deed.user, deed.card) if is_new else None
        return replace(asked, method=method)

    def _work(self, deed: Deed) -> None:
        """All work, each as much as they always do; some more than their plan includes."""
        lines = []
        for number in range(self._payers):
            amount = 3_000 + 1_700 * (number % 13) + (20_000 if number % 17 == 0 else 0)
            lines.append(
                use(
                    f"{amount}.{number % 7}",
                    id=f"{deed.us} {number}",
                    user=f"payer-{number:03}",
                    model=("small", "large")[number % 2],
                    reject=number % 20 >= 18,
                )
            )
        self._run([usage(lines)])

    def _pay_by_bank(self) -> None:
        """Companies pay what is open of theirs, one of them in two parts."""
        for number in range(15, self._payers, 20):
            for user in (f"payer-{number:03}", f"payer-{number + 1:03}"):
                for invoice in self._open(user):
                    if number == 35:
                        self._run([pay(1_000, id=invoice, key=self._key(), reference="part")])
                    self._run([pay(id=invoice, key=self._key(), reference="transfer")])

    def _open(self, user: str) -> list[str]:
        return [name for (name,) in self._owner.execute(_OPEN, [ORG, user]).fetchall()]

    # -- what is bought ----------------------------------------------------------------------

    def _trade(self, deed: Deed) -> None:
        match deed.what:
            case What.BUY:
                self._buy(deed.user)
            case What.REFUND:
                self._refund(self._bought[deed.user][0])
            case What.DISPUTE:
                name = self._bought[deed.user][0]
                self._till.dispute(self._payments[name])
                self._hear(name)
            case What.LOSE:
                name = self._bought[deed.user][0]
                self._till.lose(self._disputes[name])
                self._hear(name)
            case What.GIVE_BACK:
                self._give_back(deed.user)

    def _buy(self, user: str) -> None:
        bought = self._bought.setdefault(user, [])
        name = f"{user}-{len(bought)}"
        bought.append(name)
        far = "2036-01-01T00:00:00Z"
        self._run([replace(start(PRICE, id=name, user=user, expires=far), key=self._key())])
        method = self._card(user, "pm_card_visa")
        asked = ChargeAsked(ORG, name, Money(PRICE, "usd"), name, method.customer, method.method)
        (came,) = self._till.charge([asked])
        assert isinstance(came, PaymentPaid), came
        self._payments[name] = came.payment
        self._run([told(came, id=name)])

    def _refund(self, name: str) -> None:
        amount = PRICE // 5
        if not self._try(refund(amount, name=f"of-{name}", id=name)):
            return  # too much of it was used meanwhile
        payment = self._payments[name]
        asked = RefundAsked(ORG, name, f"of-{name}", payment, Money(amount, "usd"))
        self._run([told(self._till.refund(asked), id=name)])

    def _give_back(self, user: str) -> None:
        """Have a half of the last charge of a subscription go back in the dashboard."""
        charged = self._owner.execute(_CHARGED, [ORG, user]).fetchall()
        if not charged:
            return  # nothing of theirs was charged yet: they have a trial, or pay by transfer
        ((invoice, payment, amount),) = charged
        self._till.give_back(payment, amount // 2)
        told = self._till.stands(PurchaseRef(ORG, invoice, payment=payment))
        self._run([RecordReturns(ORG, ACTOR, invoice, tuple(told))])

    def _hear(self, name: str) -> None:
        happened = self._till.stands(PurchaseRef(ORG, name, payment=self._payments[name]))
        for each in happened:
            if isinstance(each, DisputeChanged):
                self._disputes[name] = each.dispute
        self._run([stands(*happened, id=name)])

    # -- what time brings ----------------------------------------------------------------------

    def _due_us(self) -> int | None:
        (row,) = self._owner.execute(_DUE, [ORG]).fetchall()
        return None if row[0] is None else int(row[0])

    def _advance(self) -> None:
        """Do what is due until nothing is: as the scheduler does, many in a commit."""
        while rows := self._due.due_streams(self.clock(), 500):
            self._run([_step(row) for row in rows])

    def _settle(self) -> None:
        """Have all charges made that are asked for, and record what became of each."""
        while rows := self._owner.execute(_ASKED, [ORG, self._charged]).fetchall():
            self._charged = rows[-1][0]
            asked = [_charge(bytes(body)) for _, body in rows]
            came = self._till.charge(asked)
            self._run(
                [
                    RecordCharge(ORG, ACTOR, each.purchase, said)
                    for each, said in zip(asked, came, strict=True)
                ]
            )

    # -- commits -----------------------------------------------------------------------------

    def _run(self, commands: Sequence[Command[object]]) -> None:
        """Decide and commit; each must be accepted."""
        for outcome in self._commit.run(commands):
            each = outcome if isinstance(outcome, list) else [outcome]
            wrong = [part for part in each if isinstance(part, LedgerError)]
            if any(not isinstance(part, InsufficientCredits | Suspended) for part in wrong):
                raise wrong[0]

    def _try(self, command: Command[object]) -> bool:
        """Do the same with what may be refused, as whose subscription has ended cannot change it;
        tell whether it was accepted."""
        (outcome,) = self._commit.run([command])
        if isinstance(outcome, Refusal):
            self.refused[outcome.code] += 1
        elif isinstance(outcome, LedgerError):
            raise outcome
        return not isinstance(outcome, LedgerError)

    def _card(self, user: str, token: str) -> SavedMethod:
        known = self._cards.get((user, token))
        if known is None:
            known = self._cards[user, token] = self._till.save_card(ORG, user, token)
        return known

    def _key(self) -> str:
        self._keys += 1
        return f"year {self._keys}"


def _step(row: DueRow) -> Command[object]:
    if row.stream.startswith(Subscription.STREAM):
        return AdvanceSubscription(row.org, ACTOR, row.stream.removeprefix(Subscription.STREAM))
    return FallDue(org=row.org, actor=ACTOR, stream=row.stream)


def _charge(body: bytes) -> ChargeAsked:
    fact = _decode(body)
    return ChargeAsked(
        ORG,
        fact.charge,
        fact.money,
        f"Invoice {fact.invoice}",
        fact.method.customer,
        fact.method.method,
    )
