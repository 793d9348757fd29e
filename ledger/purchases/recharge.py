"""The recharge: credit that a rule buys when a wallet runs low, with its guards: one at a time, so
many a month, never again and again."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from datetime import datetime
from enum import StrEnum
from typing import ClassVar

import msgspec

from ledger.kernel.aggregate import FirstFact, LedgerAggregate
from ledger.kernel.errors import Invalid, NotFound
from ledger.kernel.ids import check_text, split_stream_id, stream_id
from ledger.kernel.limits import AMOUNT_MAX, RECHARGES_MONTHLY_MAX
from ledger.kernel.rows import TableRow
from ledger.kernel.times import microseconds, month_end, month_of
from ledger.purchases.notice import Money
from ledger.purchases.purchase_base import SavedMethod

RECHARGE_STREAM = "recharge"

_MINUTE_US = 60 * 1_000_000
_HOUR_US = 60 * _MINUTE_US

WAITS_US = (_HOUR_US, 24 * _HOUR_US)
"""How long it waits after a decline, and after the next; after one more the rule ends."""

FAST, FAST_US = 3, 10 * _MINUTE_US
"""So many in so long are too fast."""


class Rule(msgspec.Struct, frozen=True):
    """When to buy, and what: `money` worth of credits when less than `threshold` microcredits can
    be spent, at most `max_monthly` times a month, paid with `charge`."""

    enabled: bool
    threshold: int
    money: Money
    charge: SavedMethod
    max_monthly: int = 5


class Stop(StrEnum):
    """Why a rule has ended by itself."""

    DECLINED = "declined"
    TOO_FAST = "too_fast"
    METHOD_REMOVED = "method_removed"
    NOT_OFFERED = "not_offered"


class Recharge(LedgerAggregate):
    """The rule of one wallet, and what it has done."""

    TOPIC: ClassVar[str] = "purchases.Recharge"
    STREAM: ClassVar[str] = f"{RECHARGE_STREAM}/"

    def __init__(self) -> None:
        self.rule: Rule | None = None
        self.number = 0
        """How many it has triggered."""
        self.purchase: str | None = None
        """The one in flight."""
        self.month = ""
        self.in_month = 0
        self.recent: list[int] = []
        self.declines = 0
        self.waits_until_us: int | None = None
        self.stopped: Stop | None = None

    class Event(LedgerAggregate.Event):
        """Base of a recharge's facts."""

    class RechargeOpened(Event, FirstFact):
        """A wallet is about to have a rule."""

        TOPIC: ClassVar[str] = "purchases.RechargeOpened"

    class RechargeRuleSet(Event):
        """It is so from now on; what had stopped it before is forgotten."""

        TOPIC: ClassVar[str] = "purchases.RechargeRuleSet"
        fingerprint: str
        rule: Rule

        def apply(self, aggregate: Recharge) -> None:
            aggregate.rule = self.rule
            aggregate.declines, aggregate.waits_until_us, aggregate.stopped = 0, None, None
            if not self.rule.enabled:
                aggregate.purchase = None

    class RechargeRuleRemoved(Event):
        """There is no rule any more."""

        TOPIC: ClassVar[str] = "purchases.RechargeRuleRemoved"
        fingerprint: str

        def apply(self, aggregate: Recharge) -> None:
            aggregate.rule = aggregate.purchase = aggregate.waits_until_us = None

    class RechargeTriggered(Event):
        """The wallet ran low: a purchase was begun. It is the `in_month`-th of its month."""

        TOPIC: ClassVar[str] = "purchases.RechargeTriggered"
        purchase: str
        user: str
        money: Money
        number: int
        month: str
        in_month: int

        def apply(self, aggregate: Recharge) -> None:
            aggregate.purchase, aggregate.number = self.purchase, self.number
            aggregate.month, aggregate.in_month = self.month, self.in_month
            now_us = self.recorded_us
            recent = [each for each in aggregate.recent if each > now_us - FAST_US]
            aggregate.recent = [*recent, now_us]

    class RechargePaid(Event):
        """Its money came in."""

        TOPIC: ClassVar[str] = "purchases.RechargePaid"
        purchase: str

        def apply(self, aggregate: Recharge) -> None:
            aggregate.declines, aggregate.waits_until_us = 0, None
            if aggregate.purchase == self.purchase:
                aggregate.purchase = None

    class RechargeDeclined(Event):
        """Its money did not come in. `retry_us`: not before then is it tried again."""

        TOPIC: ClassVar[str] = "purchases.RechargeDeclined"
        purchase: str
        declines: int
        retry_us: int | None = None

        def apply(self, aggregate: Recharge) -> None:
            aggregate.purchase = None
            aggregate.declines, aggregate.waits_until_us = self.declines, self.retry_us

    class RechargeLimitReached(Event):
        """No more are bought in this month."""

        TOPIC: ClassVar[str] = "purchases.RechargeLimitReached"
        user: str
        month: str
        until_us: int

        def apply(self, aggregate: Recharge) -> None:
            aggregate.waits_until_us = self.until_us

    class RechargeWaitOver(Event):
        """It may be tried again, if the wallet is still low."""

        TOPIC: ClassVar[str] = "purchases.RechargeWaitOver"

        def apply(self, aggregate: Recharge) -> None:
            aggregate.waits_until_us = None

    class RechargeStopped(Event):
        """The rule is disabled until it is set again."""

        TOPIC: ClassVar[str] = "purchases.RechargeStopped"
        user: str
        why: Stop

        def apply(self, aggregate: Recharge) -> None:
            aggregate.stopped, aggregate.waits_until_us = self.why, None

    # -- what it is now ----------------------------------------------------------------------

    @property
    def user(self) -> str:
        """Whose wallet it is about."""
        return split_stream_id(self.id)[1].partition("/")[2]

    @property
    def level(self) -> int:
        """Below which available amount it buys; 0: it does not."""
        rule = self.rule
        return rule.threshold if rule and rule.enabled and self.stopped is None else 0

    def due_us(self) -> int | None:
        return self.waits_until_us if self.level else None

    def fall_due(self, at: datetime) -> None:
        due_us = self.due_us()
        if due_us is not None and due_us <= microseconds(at):
            self.trigger_event(self.RechargeWaitOver, timestamp=at)

    def rows(self) -> Iterable[TableRow]:
        org, _ = split_stream_id(self.id)
        columns = {
            "org": org,
            "owner": self.user,
            "rule": None if self.rule is None else msgspec.to_builtins(self.rule),
            "method": None if self.rule is None else self.rule.charge.method,
            "purchase": self.purchase,
            "month": self.month,
            "in_month": self.in_month,
            "waits_until_us": self.waits_until_us,
            "stopped": None if self.stopped is None else self.stopped.value,
        }
        return [TableRow("recharge_rules", columns)]

    # -- decisions ---------------------------------------------------------------------------

    @classmethod
    def open(cls, org: str, user: str, at: datetime) -> Recharge:
        """Begin with a wallet's rule."""
        return cls._create(cls.RechargeOpened, id=recharge_id(org, user), timestamp=at)

    def set(self, rule: Rule, at: datetime, *, fingerprint: str) -> None:
        """Buy by this rule from now on."""
        if not 0 < rule.threshold <= AMOUNT_MAX:
            raise Invalid("threshold must be more than zero.", field="threshold")
        if not 0 < rule.max_monthly <= RECHARGES_MONTHLY_MAX:
            raise Invalid(f"max_monthly must be 1 to {RECHARGES_MONTHLY_MAX}.", field="max_monthly")
        check_text(rule.charge.method, "payment_method")
        check_text(rule.charge.customer, "customer")
        self.trigger_event(self.RechargeRuleSet, timestamp=at, fingerprint=fingerprint, rule=rule)

    def remove(self, at: datetime, *, fingerprint: str) -> None:
        """Buy by no rule any more."""
        if self.rule is None:
            raise NotFound("there is no rule.", field="user")
        self.trigger_event(self.RechargeRuleRemoved, timestamp=at, fingerprint=fingerprint)

    def trigger(self, at: datetime) -> str | None:
        """Begin to buy, unless one is in flight, it must wait, or the month has had enough; return
        the id of the purchase."""
        rule, now_us = self.rule, microseconds(at)
        if rule is None or not self.level or self.purchase is not None:
            return None
        if self.waits_until_us is not None and now_us < self.waits_until_us:
            return None
        month = month_of(now_us)
        in_month = self.in_month if self.month == month else 0
        if in_month >= rule.max_monthly:
            until_us = month_end(now_us)
            self.trigger_event(
                self.RechargeLimitReached,
                timestamp=at,
                user=self.user,
                month=month,
                until_us=until_us,
            )
            return None
        purchase = purchase_of(self.id, self.number + 1)
        self.trigger_event(
            self.RechargeTriggered,
            timestamp=at,
            purchase=purchase,
            user=self.user,
            money=rule.money,
            number=self.number + 1,
            month=month,
            in_month=in_month + 1,
        )
        if len(self.recent) >= FAST:
            self.stop(Stop.TOO_FAST, at)
        return purchase

    def paid(self, purchase: str, at: datetime) -> None:
        """Record that the money of one came in."""
        self.trigger_event(self.RechargePaid, timestamp=at, purchase=purchase)

    def decline(self, purchase: str, at: datetime) -> None:
        """Record that the money of the one in flight did not come in: it waits, or stops."""
        if self.purchase != purchase:
            return
        wait_us = WAITS_US[self.declines] if self.declines < len(WAITS_US) else None
        self.trigger_event(
            self.RechargeDeclined,
            timestamp=at,
            purchase=purchase,
            declines=self.declines + 1,
            retry_us=None if wait_us is None else microseconds(at) + wait_us,
        )
        if wait_us is None:
            self.stop(Stop.DECLINED, at)

    def stop(self, why: Stop, at: datetime) -> None:
        """Disable the rule until it is set again, once."""
        if self.level:
            self.trigger_event(self.RechargeStopped, timestamp=at, user=self.user, why=why)


def recharge_id(org: str, user: str) -> str:
    """Return the stream of a wallet's recharges."""
    return stream_id(org, RECHARGE_STREAM, user)


def purchase_of(recharge: str, number: int) -> str:
    """Return the id of the purchase that a recharge begins: always the same, for its provider."""
    digest = hashlib.sha256(f"{recharge} {number}".encode()).hexdigest()
    return f"rc_{digest[:24]}"
