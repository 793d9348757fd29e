"""The part of the golden story about holds, corrections, transfers, caps and allowances."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable
from typing import Any

import msgspec

from api.commands.command import Command
from api.commands.credits.allowances import CloseAllowanceMonth, GrantStarter, SetAllowance
from api.commands.tenancy.orgs import ChangeBillingMode
from ledger.credits.lots import Kind, Terms
from ledger.credits.usage import LINES
from ledger.kernel.keys import COMMANDS, Key
from ledger.ports import EventStore
from ledger.rating.rate_card import Mode, Price
from ledger.rating.rate_card_prices import TierOver
from ledger.rating.unit_prices import tiers_of
from ledger.tenancy.org import BillingMode
from tests.scenarios.commands import (
    ACTOR,
    ORG,
    deposit,
    free_monthly,
    grant,
    price,
    publish,
    us,
    usage,
    use,
)
from tests.scenarios.wallet_commands import (
    DAY,
    HOUR,
    adjust,
    cap,
    caps,
    capture,
    convert,
    extend,
    place,
    release,
    resume,
    reverse,
    suspend,
    transfer,
    zap,
)

Step = Command[object] | Callable[[EventStore], Command[object]]
SOON = "2026-02-05T12:00:00Z"
LABELS: dict[str, Any] = {"service": "chat", "project": "p", "provider": "x", "model": "m"}


def groups_of_credits() -> list[tuple[str, list[Step]]]:
    """Each rule once, each field with and without."""
    return [
        ("2026-02-05T00:00:00Z", [*_caps(), *_cards(), *_allowance()]),
        ("2026-02-05T01:00:00Z", [*_stock("hal"), *_stock("leo"), *_stock("rae")]),
        ("2026-02-05T02:00:00Z", [*_placed(), *_spent()]),
        ("2026-02-05T03:00:00Z", [extend(DAY, "longer"), *_reversed()]),
        (SOON, [_full_capture(), release("plain"), *_reversed_late()]),
        ("2026-02-05T12:30:00Z", _reversed_last()),
        ("2026-02-05T13:00:00Z", [release("gone"), release("owed"), *_corrections()]),
        ("2026-02-06T00:00:00Z", [_late_capture(), capture("1", id="bare", user="leo")]),
        ("2026-02-06T01:00:00Z", [*_transfers(), *_conversions()]),
        ("2026-02-06T02:00:00Z", _lent_out()),
        ("2026-02-06T13:00:00Z", _taken_back()),
    ]


def _caps() -> list[Step]:
    return [
        caps(
            cap("all", "5", "month", thresholds=(10, 100)),
            cap("each", "1000000", "rolling", hard=True, days=7, user="*"),
            cap("chat", "3", service="chat"),
        )
    ]


def _cards() -> list[Step]:
    tiers = tiers_of([(1_000, "1"), (None, "0.5")], 1_000_000, "usd", "tiers")
    prices = [
        price("t", "input_tokens", "2"),
        _longer_contexts(context_over=200_000),
        Price("t", "output_tokens", "1", 10**6, "usd", 0, Mode.GRADUATED, tiers),
        Price("t", "characters", "1", 10**6, "usd", 0, Mode.VOLUME, tiers),
        Price("t", "actions", "0.01", 100, "usd", 10**16, Mode.PACKAGE),
        free_monthly("t", "seconds", 1_000, "0.5", 1_000),
        free_monthly("t", "images", 1_000, "0.5", 1_000, over=TierOver.ORG),
    ]
    card = publish(prices, key="tiers", org="pooled")
    used = [
        use(id=f"monthly {n}", user="kim", model="t", quantities={"seconds": 700, "images": 1})
        for n in range(2)
    ]
    return [dataclasses.replace(card, margin_bps=250, minimum=3), usage(used, org="pooled")]


def _longer_contexts(context_over: int) -> Price:
    """Dearer input for long contexts."""
    return msgspec.structs.replace(price("t", "input_tokens", "4"), context_over=context_over)


def _allowance() -> list[Step]:
    sent: dict[str, object] = {"free_monthly": 5}
    monthly = SetAllowance(org=ORG, actor=ACTOR, key="monthly", sent=sent, free_monthly=5)
    none = dataclasses.replace(monthly, key="none", sent={}, free_monthly=None)
    welcome = GrantStarter(
        org=ORG, actor=ACTOR, key="welcome", sent={}, user="new", month="2026-02"
    )
    mode = ChangeBillingMode(
        org="pooled", actor=ACTOR, key="mode", sent={}, billing_mode=BillingMode.INDIVIDUAL
    )
    close = CloseAllowanceMonth(org=ORG, actor=ACTOR, month="2026-02")
    return [monthly, welcome, close, none, mode]


def _stock(user: str) -> list[Step]:
    """Two lots: one that ends soon, one that was paid for."""
    terms = Terms(Kind.PURCHASED, 20 * 10**6, expires_us=us("2036-01-01T00:00:00Z"))
    paid = dataclasses.replace(deposit("20", key=f"{user} paid", user=user), terms=terms)
    return [grant("5", "promotional", key=f"{user} soon", user=user, expires=SOON), paid]


def _placed() -> list[Step]:
    return [
        place("3", id="plain", user="hal", lasts_us=DAY, reference="request 1", **LABELS),
        place("6", id="full", user="hal", lasts_us=DAY),
        place("2", id="longer", user="hal", lasts_us=2 * HOUR, reference="r"),
        place("4", id="gone", user="leo", lasts_us=DAY),
        place("3", id="owed", user="leo", lasts_us=DAY),
        place("2", id="late", user="leo"),
        place("1", id="bare", user="leo"),
        deposit("0.5", key="kim", user="kim"),
        place("0.5", id="kim", user="kim"),
        usage([use("1", id="kim", user="kim")]),
    ]


def _spent() -> list[Step]:
    return [
        usage([use("30", id="rae", user="rae")]),
        usage([use("2", id="rae 2", user="rae")]),
        deposit("2", key="rae pays", user="rae"),
        deposit("3", key="bad", user="ned"),
        grant("3", "included", key="good", user="ned", expires="2036-01-01T00:00:00Z"),
        usage([use("4", id="ned", user="ned")]),
    ]


def _of(space: str, key: str, amount: str | None, name: str, reason: str | None = None) -> Step:
    """The reversal of what used a key."""

    def made(event_store: EventStore) -> Command[object]:
        wanted = Key(ORG, space, key)
        row = event_store.look_up([], [wanted])[1][wanted]
        return reverse(row.sequence, amount, line=row.line, key=name, reason=reason)

    return made


def _reversed() -> list[Step]:
    return [
        _of(LINES, "rae 2", "1", "r1"),
        _of(LINES, "rae", "6", "r2", "wrong answer"),
        _of(LINES, "rae 2", None, "r3"),
        _of(COMMANDS, "good", None, "r4", "by mistake"),
        _of(COMMANDS, "bad", None, "r5"),
        deposit("0.25", key="ned other", user="ned"),
        deposit("9", key="ned more", user="ned"),
        grant("2", "free", key="ned free", user="ned", expires="2026-02-20T00:00:00Z"),
    ]


def _reversed_late() -> list[Step]:
    return [
        _of(LINES, "rae", None, "r6"),
        usage([use("25", id="rae 3", user="rae")]),
        deposit("2", key="sam", user="sam"),
        usage([use("2", id="sam", user="sam")]),
        usage([use("1", id="sam owes", user="sam")]),
        usage([use("4", id="ned 2", user="ned")]),
    ]


def _reversed_last() -> list[Step]:
    return [
        _of(LINES, "rae 3", "2", "r7"),
        _of(COMMANDS, "ned free", None, "r8"),
        _of(COMMANDS, "ned more", "1", "r9"),
        _of(LINES, "sam", None, "r10"),
    ]


def _full_capture() -> Command[object]:
    """Everything a captured line can say; the rest of the hold comes back to a lot that ended."""
    command = capture(
        line="settled",
        id="full",
        user="hal",
        metadata='{"trace":"2"}',
        service="chat",
        project="p",
        provider="x",
        model="m",
        quantities={"input_tokens": 100, "images": 0},
    )
    used = msgspec.structs.replace(command.use, occurred_us=us("2026-02-05T11:00:00Z"))
    return dataclasses.replace(command, use=used)


def _late_capture() -> Command[object]:
    command = capture(
        "40",
        line="lapsed",
        id="late",
        user="leo",
        metadata="{}",
        service="chat",
        project="p",
        provider="x",
        model="m",
        quantities={"images": 1},
    )
    return dataclasses.replace(command, use=msgspec.structs.replace(command.use, amount=40 * 10**6))


def _corrections() -> list[Step]:
    return [
        adjust("2", key="up", user="rae", reason="goodwill"),
        adjust("1", key="plain up", user="hal"),
        adjust("-1.5", key="down", user="hal", reason="counted twice"),
        zap(key="zap", user="rae", reason="closed"),
        zap(key="forgive", user="kim"),
        suspend(key="stop", user="hal", reason="chargeback"),
        resume(key="go", user="hal", reason="settled"),
        suspend(key="stop 2", user="kim"),
        resume(key="go 2", user="kim"),
    ]


def _transfers() -> list[Step]:
    return [
        usage([use("1", id="poor", user="poor")]),
        transfer("2", giver="hal", receiver="poor", key="t1"),
        transfer("1", giver="hal", receiver="@pool", key="t2"),
        capture("30", id="longer", user="hal"),
    ]


def _conversions() -> list[Step]:
    dollars = deposit("5", key="dollars", user="poor", asset="usd")
    lasting = Terms(Kind.PURCHASED, 500, expires_us=us("2036-01-01T00:00:00Z"), priority=3)
    return [
        dataclasses.replace(dollars, terms=lasting),
        convert(120, key="c1", user="poor"),
        usage([use("5000", id="much", user="poor")]),
        convert(30, key="c2", user="poor"),
    ]


def _lent_out() -> list[Step]:
    """A lot of which some is used, some sent, some held, and the rest expires."""
    return [
        grant("10", "included", key="tom", user="tom", expires="2026-02-06T12:00:00Z"),
        usage([use("2", id="tom", user="tom")]),
        transfer("1", giver="tom", receiver="una", key="t3"),
        place("3", id="tom", user="tom", lasts_us=DAY),
    ]


def _taken_back() -> list[Step]:
    return [
        _of(COMMANDS, "tom", None, "r11"),
        _of(LINES, "tom", None, "r12"),
        release("tom"),
    ]
