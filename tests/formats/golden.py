"""Golden files: the stored events of a release and the state they replay to, for ever.

`python -m tests.formats.golden` writes `next`, what the coming release records; when it is out, its
folder gets the release's name and is never written again.
"""

from __future__ import annotations

import dataclasses
import json
from collections import defaultdict
from pathlib import Path

import msgspec
from eventsourcing.domain import CanInitAggregate

from adapters.memory.event_store import MemoryEventStore
from adapters.postgres.event_store import PostgresEventStore
from api import container
from api.commands.command import Command
from api.commands.privacy.erasures import ErasePerson
from api.commands.rating.rate_cards import WithdrawRateCardVersion
from api.commands.tenancy.api_keys import IssueApiKey, RevokeApiKey, RotateApiKey
from api.permissions import PERMISSIONS
from api.writer.group_commit import GroupCommit
from ledger.credits.allowance import Allowance
from ledger.credits.cap_book import CapBook
from ledger.credits.lots import Kind, Paid, Terms
from ledger.credits.wallet import Wallet
from ledger.kernel.actor import Actor
from ledger.kernel.aggregate import LedgerAggregate
from ledger.kernel.roles import Role
from ledger.kernel.times import parse_stored_time
from ledger.ports import RecordedEvent
from ledger.privacy.erasure import Erasure
from ledger.rating.hours import Hours
from ledger.rating.names import Name, ProviderName
from ledger.rating.rate_card import Price, RateCard
from ledger.rating.rate_card_prices import PublishedVersion, version_of
from ledger.registry import fact_of
from ledger.tenancy.api_key import ApiKey, hash_of
from ledger.tenancy.org import Org, OrgEntry
from ledger.tenancy.role_book import RoleBook
from ledger.webhooks.webhook_book import WebhookBook
from tests.formats import golden_invoices, golden_overage, golden_purchases, golden_subscriptions
from tests.formats.golden_access import groups_of_access
from tests.formats.golden_catalogue import catalogue
from tests.formats.golden_customers import customers
from tests.formats.golden_disputes import groups_of_disputes
from tests.formats.golden_fulfilment import groups_of_fulfilment
from tests.formats.golden_inventory import groups_of_costs, groups_of_inventory
from tests.formats.golden_ordering import groups_of_ordering
from tests.formats.golden_pricing import pricing
from tests.formats.golden_promotions import promotions
from tests.formats.golden_states import hold_said, said_by_context, terms_said
from tests.formats.golden_stored_value import groups_of_stored_value
from tests.formats.golden_webhooks import webhooks
from tests.formats.story_of_credits import Step, groups_of_credits
from tests.scenarios.clock import NOON, StandingClock
from tests.scenarios.commands import (
    ACTOR,
    ORG,
    USER,
    define,
    deposit,
    grant,
    move,
    price,
    publish,
    register,
    remove,
    sealed,
    us,
    usage,
    use,
)
from tests.scenarios.wallet_commands import capture, place, release, zap

FOLDER = Path(__file__).parents[2] / "schemas" / "golden"
RELEASE = "next"
FAR = "2036-01-01T00:00:00Z"
_encode = msgspec.json.Encoder(order="deterministic").encode


def story() -> list[RecordedEvent]:
    """Every kind of event, and every optional field with and without."""
    clock = StandingClock()
    event_store = MemoryEventStore(clock)
    tell(event_store, clock)
    return event_store.select_positions(0, 1_000_000)


def tell(
    event_store: MemoryEventStore | PostgresEventStore,
    clock: StandingClock,
    kind: type[GroupCommit] = GroupCommit,
    *,
    until: str = "9",
) -> None:
    """Have the story happen in an event store, by a process of a kind; of it, what is earlier."""
    process = kind(container.ledger(event_store), clock)
    for at, commands in _groups():
        if at >= until:
            break
        clock.move_to(at)
        made = [each if isinstance(each, Command) else each(event_store) for each in commands]
        for outcome in process.run(made):
            each = outcome if isinstance(outcome, list) else [outcome]
            assert not any(isinstance(part, Exception) for part in each), each


def _groups() -> list[tuple[str, list[Step]]]:
    """Who is who; credit of every kind; use of every kind; then time brings its due."""
    start, end = "2026-02-03T00:00:00Z", "2026-02-04T00:00:00Z"
    minimal = usage([use("3", id="minimal", user="eve")])
    return [
        (NOON, [register(), register("pooled", "shared"), *_keys()]),
        (NOON, [publish(_prices("2.50"), key="card"), publish(_prices("1"), key="own", org=ORG)]),
        ("2026-02-01T13:00:00Z", [publish(_prices("0.5"), key="next", since=start)]),
        ("2026-02-01T14:00:00Z", [minimal, _paid(), *_grants(start, end), _full()]),
        ("2026-02-01T15:00:00Z", [deposit("12.34", key="usd", asset="usd")]),
        (end, [usage([use("9000", id="last")]), usage([use("1", id="due", user="eve")])]),
        (end, [grant("6", "adjustment", key="repays"), deposit("1", key="pool", user="@pool")]),
        *groups_of_credits(),
        ("2026-02-07T00:00:00Z", _erasures()),
        ("2026-02-08T00:00:00Z", [*_named_prices(), _by_another_name(), *_of_nothing()]),
        ("2026-02-09T00:00:00Z", _free_later("2026-02-10T00:00:00Z")),
        ("2026-02-11T00:00:00Z", [usage([use("1", id="gus", user="gus")])]),
        ("2026-02-12T00:00:00Z", [move("pooled", 2), *_roles()]),
        ("2026-02-13T00:00:00Z", [*webhooks()]),
        ("2026-02-14T00:00:00Z", [*golden_purchases.purchases()]),
        ("2026-02-16T00:00:00Z", [*golden_purchases.purchases_later()]),
        ("2026-02-17T00:00:00Z", [*golden_purchases.purchases_last()]),
        ("2026-03-01T00:00:00Z", [*golden_purchases.waited()]),
        ("2026-03-02T00:00:00Z", [*golden_subscriptions.subscriptions()]),
        ("2026-03-03T00:00:00Z", [*golden_invoices.invoices()]),
        ("2026-04-02T00:00:00Z", [*golden_subscriptions.subscriptions_later()]),
        ("2026-04-03T00:00:00Z", [*golden_overage.overage()]),
        ("2026-04-20T00:00:00Z", [*golden_subscriptions.subscriptions_last()]),
        ("2026-05-03T00:00:00Z", [*golden_overage.overage_later()]),
        ("2026-05-04T00:00:00Z", [*pricing(), *promotions(), *catalogue()]),
        *(*groups_of_inventory(), *groups_of_stored_value(), *groups_of_ordering()),
        ("2026-05-12T00:00:00Z", [*customers()]),
        *(*groups_of_fulfilment(), *groups_of_access(), *groups_of_costs(), *groups_of_disputes()),
    ]


def _roles() -> list[Step]:
    return [
        define("clerk", "balance:read", "usage:read:own", key="clerk"),
        define("nothing", key="nothing"),
        remove("nothing", key="not nothing"),
    ]


def _free_later(begins: str) -> list[Step]:
    return [
        grant("3", "free", key="gus now", user="gus"),
        grant("4", "free", key="gus later", user="gus", effective=begins),
        grant("2", "promotional", key="zoe later", user="zoe", effective=begins),
        zap(key="zoe never", user="zoe"),
    ]


def _erasures() -> list[Step]:
    first = ErasePerson(
        org=ORG, actor=ACTOR, key="forget", sent={"user": "hal"}, user="hal", erasure="erasure-1"
    )
    reason = sealed("asked for it", "reason", "hal")
    again = dataclasses.replace(first, key="again", erasure="erasure-2", reason=reason)
    return [first, again]


def _keys() -> list[Command[object]]:
    origin = sealed("192.0.2.1 curl", "origin", "root")
    assert origin is not None
    issue = IssueApiKey(
        org=ORG,
        actor=Actor("root", "operator", "request-2", origin=origin.digest),
        origin=origin,
        key="key",
        sent={},
        key_id="key-2",
        name="ada's",
        role=Role.MEMBER,
        granter=PERMISSIONS[Role.OPERATOR],
        secret_hash=hash_of("secret"),
        subject=USER,
    )
    other = dataclasses.replace(
        issue,
        key="other",
        key_id="key-3",
        role=Role.GATEWAY,
        secret_hash=hash_of("other"),
        subject=None,
    )
    revoke = RevokeApiKey(org=ORG, actor=ACTOR, key="end", sent={}, key_id="key-2")
    return [issue, other, revoke, *_rotations(other)]


def _rotations(issue: IssueApiKey) -> list[Command[object]]:
    """A key that expires and its successor, whose own replaces it at once."""
    expires_us = parse_stored_time("2026-03-01T00:00:00Z", "expires_at")
    expiring = dataclasses.replace(
        issue, key="expiring", key_id="key-4", secret_hash=hash_of("4"), expires_us=expires_us
    )
    rotate = RotateApiKey(
        org=ORG,
        actor=ACTOR,
        key="rotate",
        sent={},
        key_id="key-4",
        successor="key-5",
        secret_hash=hash_of("5"),
        granter=PERMISSIONS[Role.ADMIN],
        overlap_us=3_600_000_000,
    )
    at_once = dataclasses.replace(
        rotate,
        key="at once",
        key_id="key-5",
        successor="key-6",
        overlap_us=0,
        secret_hash=hash_of("6"),
    )
    return [expiring, rotate, at_once]


def _prices(dollars: str) -> list[Price]:
    return [
        price("m", "input_tokens", dollars),
        price("m", "cached_tokens", "0.25"),
        price("m", "output_tokens", "10.000000000001"),
        price("m", "images", "25", per=1),
    ]


def _named_prices() -> list[Command[object]]:
    """A card with everything that a price and a name may have; one is planned and withdrawn."""
    night = price("m", "output_tokens", "5")
    night = msgspec.structs.replace(night, provider="x", hours=Hours(22 * 60, 6 * 60, [6, 7]))
    asked = price("m", "requests", "0.001", per=1)
    asked = msgspec.structs.replace(asked, provider="x", assumed=1)
    given = msgspec.structs.replace(price("m", "input_tokens", "2"), provider="x")
    names = [
        Name("m-####", "m", seller="x"),
        Name("m*", "m", "x", excluding=["*-free"]),
    ]
    free = price("free", "input_tokens", "0")
    card = publish([*_prices("1"), night, asked, given, free], key="names", org=ORG)
    planned = publish(_prices("3"), key="planned", org=ORG, since="2026-03-01T00:00:00Z")
    return [
        planned,
        WithdrawRateCardVersion(org=ORG, actor=ACTOR, key="not", sent={}, version=2),
        dataclasses.replace(card, names=names, providers=[ProviderName("*x-cloud", "x")]),
    ]


def _by_another_name() -> Command[object]:
    tokens = {"input_tokens": 1000, "cache_write_1h_tokens": 300, "output_tokens": 7}
    dated = use(id="dated-name", provider="The-X-Cloud", model="M-2026", quantities=tokens)
    return usage([dated, use(id="unsold", model="m-2026", quantities={"input_tokens": 5})])


def _of_nothing() -> list[Command[object]]:
    """Holds of a model that costs nothing: one ends in each way."""
    tokens = {"input_tokens": 7}
    names = ("n captured", "n released", "n open")
    return [
        *(place(id=id, user="bob", model="free", quantities=tokens) for id in names),
        capture(id="n captured", user="bob", model="free", quantities=tokens),
        release("n released"),
    ]


def _paid() -> Command[object]:
    command = deposit("2000", key="paid", user="eve", reference="invoice 7")
    terms = Terms(Kind.PURCHASED, 2 * 10**9, expires_us=us(FAR), priority=51, paid=Paid(200, "usd"))
    return dataclasses.replace(command, terms=terms)


def _grants(start: str, end: str) -> list[Command[object]]:
    paid = Terms(Kind.INCLUDED, 10**6, paid=Paid(1, "eur"))
    return [
        deposit("10", key="plain"),
        grant("1", "included", key="1"),
        grant("2", "free", key="2", expires=end, reason="welcome"),
        grant("3", "promotional", key="3", effective=start, expires=end, priority=7),
        grant("4", "adjustment", key="4", priority=0, user="bob"),
        dataclasses.replace(grant("1", "included", key="7", user="bob"), terms=paid),
        usage([use("2000", id="debt", user="eve")]),
        grant("7", "included", key="5", effective=start, user="eve"),
        grant("7", "free", key="6", effective=start, expires="2026-02-03T12:00:00Z", user="eve"),
    ]


def _full() -> Command[object]:
    tokens = {"input_tokens": 1000, "cached_tokens": 300, "output_tokens": 7, "images": 1}
    full = use(
        id="full \u2603",
        occurred="2026-01-31T23:59:59.999999Z",
        metadata='{"trace":"1"}',
        service="chat",
        project="p",
        provider="x",
        model="m",
        quantities=tokens,
    )
    return usage([full, use("0.000001", id="tiny", reject=False), use("1", id="b", user="bob")])


def dumped(event: RecordedEvent) -> str:
    """An event as a line of a golden file: bodies as text, to be read in a review."""
    fields = event._asdict() | {"body": event.body.decode(), "hash": event.hash.hex()}
    return json.dumps(fields, ensure_ascii=False) + "\n"


def loaded(line: str) -> RecordedEvent:
    """The event of a line."""
    fields = json.loads(line)
    fields |= {"body": fields["body"].encode(), "hash": bytes.fromhex(fields["hash"])}
    return RecordedEvent(**fields)


def replayed(events: list[RecordedEvent]) -> bytes:
    """The state that events replay to: every aggregate, byte for byte."""
    aggregates: dict[str, LedgerAggregate] = {}
    reversed_: dict[str, dict[str, int]] = defaultdict(lambda: defaultdict(int))
    for event in events:
        fact = fact_of(event)
        if isinstance(fact, Wallet.UsageReversed | Wallet.CreditReversed):
            reversed_[fact.originator_id][fact.original] += fact.amount
        name = fact.originator_id
        before = None if isinstance(fact, CanInitAggregate) else aggregates[name]
        after = fact.mutate(before)
        assert isinstance(after, LedgerAggregate)
        aggregates[name] = after
    states = (state_of(each, reversed_[name]) for name, each in sorted(aggregates.items()))
    return b"".join(_encode(state) + b"\n" for state in states)


def state_of(aggregate: LedgerAggregate, reversed_: dict[str, int]) -> list[object]:
    """What an aggregate remembers, in a form that later releases can still write; and of a wallet,
    how much of its transactions is reversed."""
    known: list[object] = [aggregate.id, aggregate.version]
    if (said := said_by_context(aggregate)) is not None:
        return [*known, *said]
    match aggregate:
        case Wallet():
            funds = aggregate.funds
            lots = [[*terms_said(lot.terms), lot.left, lot.held] for lot in funds.lots]
            holds = [hold_said(hold) for hold in funds.holds.values()]
            known += [aggregate.owner, aggregate.asset, funds.debt, lots, holds]
            return [*known, aggregate.lapsed, reversed_, aggregate.suspended]
        case CapBook(caps=kept) | RoleBook(roles=kept) | WebhookBook(webhooks=kept):
            return [*known, kept]
        case Allowance():
            verified = ["verified only"] if aggregate.verified_only else []  # 0.1.0 had no such
            return [*known, aggregate.free_monthly, aggregate.granted_month, *verified]
        case RateCard():
            versions = [
                [v.card_version, v.effective_us, v.margin_bps, v.minimum, _by_meter(v)]
                for v in aggregate.versions.values()
            ]
            return [*known, aggregate.name, versions]
        case ApiKey():
            return [*known, *_key(aggregate)]
        case Org():
            return [*known, aggregate.name, aggregate.billing_mode]
        case Erasure():
            return [*known, aggregate.user, aggregate.digests, aggregate.complete]
        case OrgEntry():
            return [*known, aggregate.org, *([aggregate.shard] if aggregate.shard != 1 else [])]
    raise AssertionError(aggregate)


def _key(key: ApiKey) -> list[object]:
    ends = [key.expires_us, key.successor]
    known = [key.name, key.role, key.secret_hash, key.subject, key.revoked]
    return [*known, *(ends if any(ends) else [])]


def _by_meter(version: PublishedVersion) -> dict[str, object]:
    """The prices of a version; of several for one meter, the first to apply stands first."""
    prices = version_of(version).prices
    return {"/".join(filter(None, sold)): meters for sold, meters in prices.items()}


def write() -> None:
    """Write the golden files of the coming release."""
    folder = FOLDER / RELEASE
    folder.mkdir(parents=True, exist_ok=True)
    events = story()
    (folder / "events.jsonl").write_text("".join(dumped(event) for event in events), "utf-8")
    (folder / "state.jsonl").write_bytes(replayed(events))


if __name__ == "__main__":
    write()
