"""Faults: how the sandbox fails on request, by chance with a seed, or at the next calls."""

from __future__ import annotations

import random
from enum import StrEnum
from typing import Any

import msgspec

from adapters.embedded.stripe_sandbox.store import Store


class Fault(StrEnum):
    """How one call fails."""

    RATE_LIMITED = "rate_limited"
    """429, and nothing done."""

    ERROR = "error"
    """500, and nothing done."""

    UNAVAILABLE = "unavailable"
    """503, and nothing done."""

    ERROR_AFTER = "error_after"
    """It is done, and answered by 500: now, and for its key again."""

    LOST_ANSWER = "lost_answer"
    """It is done, and the connection breaks."""

    NONE = "ok"
    """None: for calls before one that fails."""


FAILING = tuple(each for each in Fault if each is not Fault.NONE)
AFTER = (Fault.ERROR_AFTER, Fault.LOST_ANSWER)


class WebhookFaults(msgspec.Struct, frozen=True):
    """How often a notice is lost, doubled or delayed: parts of 1. Delays reorder."""

    lost: float = 0
    doubled: float = 0
    delayed: float = 0
    delay_max_s: float = 2


class FaultPlan(msgspec.Struct, frozen=True):
    """What fails. `rate`: how many calls, as a part of 1, by one of `kinds`. `next`: how the next
    calls fail, in order. `slow_s`: how long each takes."""

    seed: int = 0
    rate: float = 0
    kinds: tuple[Fault, ...] = FAILING
    next: tuple[Fault, ...] = ()
    slow_s: float = 0
    webhooks: WebhookFaults = WebhookFaults()


class Faults:
    """The plan as it stands; a restart goes on where it was."""

    def __init__(self, store: Store) -> None:
        self._store = store

    @property
    def plan(self) -> FaultPlan:
        """What is planned."""
        return msgspec.convert(self._store.setting("faults", {}), FaultPlan)

    def set(self, given: Any) -> FaultPlan:
        """Plan faults. Raises msgspec.ValidationError where they are none."""
        plan = msgspec.convert(given, FaultPlan)
        self._store.set("faults", msgspec.to_builtins(plan))
        self._store.set("faults_drawn", 0)
        return plan

    def of_call(self) -> Fault | None:
        """Return how this call fails, if it does."""
        plan = self.plan
        if plan.next:
            rest = msgspec.structs.replace(plan, next=plan.next[1:])
            self._store.set("faults", msgspec.to_builtins(rest))
            return None if plan.next[0] is Fault.NONE else plan.next[0]
        if not plan.rate:
            return None
        chance = self._chance(plan)
        return chance.choice(plan.kinds) if chance.random() < plan.rate else None

    def delays(self) -> list[float]:
        """Return after how many seconds a notice is delivered, once for each time it is."""
        plan = self.plan
        webhooks = plan.webhooks
        if webhooks == WebhookFaults():
            return [0]
        chance = self._chance(plan)
        if chance.random() < webhooks.lost:
            return []
        times = 2 if chance.random() < webhooks.doubled else 1
        return [
            chance.random() * webhooks.delay_max_s if chance.random() < webhooks.delayed else 0
            for _ in range(times)
        ]

    def _chance(self, plan: FaultPlan) -> random.Random:
        drawn = int(self._store.setting("faults_drawn", 0))
        self._store.set("faults_drawn", drawn + 1)
        return random.Random(f"{plan.seed}/{drawn}")  # noqa: S311  # nothing secret
