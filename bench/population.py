"""Stores full of events, made as a service makes them but without HTTP: groups of commands."""

from __future__ import annotations

import random
from collections.abc import Callable, Iterator

from adapters.postgres.connection import DatabaseUrls
from api import container
from api.commands.command import Command
from api.commands.credits.deposits import DepositCredits
from api.commands.credits.usage import RecordUsage
from api.commands.rating.rate_cards import PublishRateCard
from api.commands.tenancy.orgs import RegisterOrg
from api.container import clock_us, event_store
from api.writer.group_commit import GroupCommit
from ledger.credits.lots import Kind, Terms
from ledger.credits.usage import Use
from ledger.kernel.actor import Actor
from ledger.kernel.canonical import fingerprint
from ledger.kernel.errors import LedgerError
from ledger.kernel.ids import PLATFORM
from ledger.kernel.money import CREDIT, parse_amount
from ledger.rating.rate_card import Price
from ledger.rating.unit_prices import unit_price
from ledger.tenancy.org import BillingMode

ACTOR = Actor(subject="gateway", key="key-1", request="request-1")
GROUP = 1_000
"""Lines in one commit."""

PER = 1_000_000
WALLETS = 1_000
"""Of one org; drawn with weights 1/rank, as usage is."""

OnProgress = Callable[[int, int], None]


def populate(
    database: DatabaseUrls,
    events: int,
    orgs: int = 4,
    on_progress: OnProgress | None = None,
    lines: int = 1,
) -> int:
    """Usage events of so many lines each, in some orgs; answers how many events there are."""
    store = event_store(database, "bench")
    commit = GroupCommit(container.ledger(store), clock_us)
    names = [f"org-{number}" for number in range(orgs)]
    try:
        _run(commit, [_register(name) for name in names] + [_publish()])
        _run(commit, [_deposit(name, rank) for name in names for rank in range(WALLETS // 10)])
        done = store.max_notification_id() or 0
        for group in _groups(names, events - done, lines):
            _run(commit, group)
            if on_progress is not None:
                on_progress(store.max_notification_id() or 0, events)
        return store.max_notification_id() or 0
    finally:
        store.close()


def _groups(names: list[str], count: int, lines: int) -> Iterator[list[Command[object]]]:
    draw = random.Random(7)
    users = [f"u{rank}" for rank in range(WALLETS)]
    weights = [1 / rank for rank in range(1, WALLETS + 1)]
    size = max(1, GROUP // lines)
    for first in range(0, count, size):
        drawn = draw.choices(users, weights, k=min(size, count - first))
        yield [
            _usage(names[place % len(names)], range(place * lines, (place + 1) * lines), user)
            for place, user in enumerate(drawn, first)
        ]


def _run(commit: GroupCommit, commands: list[Command[object]]) -> None:
    for outcome in commit.run(commands):
        if isinstance(outcome, LedgerError):
            raise outcome


def _usage(org: str, places: range, user: str) -> RecordUsage:
    uses = [_use(place, user) for place in places]
    return RecordUsage(org=org, actor=ACTOR, uses=uses, atomic=False)


def _use(place: int, user: str) -> Use:
    quantities = {"input_tokens": 1 + place % 4_000, "output_tokens": place % 700}
    return Use(
        id=f"request-{place}",
        fingerprint=fingerprint("usage", {"user": user, "quantities": quantities}),
        user=user,
        occurred_us=None,
        model="m",
        quantities=quantities,
    )


def _register(org: str) -> RegisterOrg:
    return RegisterOrg(
        org=org,
        actor=ACTOR,
        key=f"org {org}",
        sent={"id": org},
        name=org,
        billing_mode=BillingMode.INDIVIDUAL,
    )


def _deposit(org: str, rank: int) -> DepositCredits:
    units = parse_amount("100000", CREDIT, "amount")
    return DepositCredits(
        org=org,
        actor=ACTOR,
        key=f"deposit {rank}",
        sent={"user": f"u{rank}", "amount": units},
        user=f"u{rank}",
        asset=CREDIT,
        terms=Terms(Kind.PURCHASED, units),
    )


def _publish() -> PublishRateCard:
    prices = [
        Price(
            "m", meter, dollars, 1_000_000, "usd", unit_price(dollars, 1_000_000, "usd", "prices")
        )
        for meter, dollars in (("input_tokens", "2.5"), ("output_tokens", "10"))
    ]
    return PublishRateCard(
        org=PLATFORM, actor=ACTOR, key="card", sent={"card": 1}, prices=prices, effective_us=None
    )
