"""The recharge: credit that a rule buys when a wallet runs low, with its guards: one at a time, so
many a month, never again and again."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from datetime import datetime
from typing import ClassVar

import msgspec

from ledger.kernel.errors import Invalid, NotFound
from ledger.kernel.ids import check_text, name_of, split_stream_id, stream_id
from ledger.kernel.limits import AMOUNT_MAX, RECHARGES_MONTHLY_MAX
from ledger.kernel.rows import TableRow
from ledger.kernel.times import microseconds, month_end, month_of
from ledger.purchases import recharge_facts
from ledger.purchases.recharge_facts import FAST, WAITS_US, RechargeBase, Rule, Stop

RECHARGE_STREAM = "recharge"


class Recharge(RechargeBase):
    """The rule of one wallet, and what it has done."""

    TOPIC: ClassVar[str] = "purchases.Recharge"
    STREAM: ClassVar[str] = f"{RECHARGE_STREAM}/"

    def __init__(self) -> None:
        super().__init__()

    # -- facts -------------------------------------------------------------------------------

    Event = recharge_facts.RechargeFact
    RechargeOpened = recharge_facts.RechargeOpened
    RechargeRuleSet = recharge_facts.RechargeRuleSet
    RechargeRuleRemoved = recharge_facts.RechargeRuleRemoved
    RechargeTriggered = recharge_facts.RechargeTriggered
    RechargePaid = recharge_facts.RechargePaid
    RechargeDeclined = recharge_facts.RechargeDeclined
    RechargeLimitReached = recharge_facts.RechargeLimitReached
    RechargeWaitOver = recharge_facts.RechargeWaitOver
    RechargeStopped = recharge_facts.RechargeStopped

    # -- what it is now ----------------------------------------------------------------------

    @property
    def user(self) -> str:
        """Whose wallet it is about."""
        return name_of(self.id)

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
