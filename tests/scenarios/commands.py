"""Commands as the API would make them of checked input, in a line each."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from api.commands.credits.deposits import DepositCredits, GrantCredits
from api.commands.credits.usage import RecordUsage
from api.commands.rating.rate_cards import PublishRateCard
from api.commands.tenancy.orgs import MoveOrg, RegisterOrg
from api.commands.tenancy.roles import DefineRole, RemoveRole
from ledger.credits.lots import Kind, Terms
from ledger.credits.usage import Use
from ledger.kernel.actor import Actor
from ledger.kernel.canonical import fingerprint
from ledger.kernel.ids import PLATFORM
from ledger.kernel.limits import PRIORITY_DEFAULT
from ledger.kernel.money import CREDIT, parse_amount
from ledger.kernel.texts import Text, blind
from ledger.kernel.times import parse_time
from ledger.rating.rate_card import Price
from ledger.rating.rate_card_prices import Mode, TierOver, TierScope
from ledger.rating.unit_prices import tiers_of, unit_price
from ledger.tenancy.org import BillingMode

ORG, USER = "acme", "ada"
ACTOR = Actor(subject="gateway", key="key-1", request="request-1")


def credits_of(text: str) -> int:
    """Credits as microcredits."""
    return parse_amount(text, CREDIT, "amount")


def us(text: str | None) -> int | None:
    """A moment in microseconds."""
    return None if text is None else parse_time(text, "time")


def sealed(content: str | None, kind: str, person: str) -> Text | None:
    """An erasable text; its salt is fixed here, so that runs are equal."""
    return None if content is None else blind(content, kind, person, b"0123456789abcdef")


def register(org: str = ORG, mode: str = "individual", shard: int = 1) -> RegisterOrg:
    """An org."""
    return RegisterOrg(
        org=org,
        actor=ACTOR,
        key=f"org {org}",
        sent={"id": org, "mode": mode},
        name=org.title(),
        billing_mode=BillingMode(mode),
        shard=shard,
    )


def move(org: str, shard: int, key: str | None = None) -> MoveOrg:
    """An org to another shard."""
    sent: dict[str, object] = {"id": org, "shard": shard}
    return MoveOrg(org=org, actor=ACTOR, key=key or f"move {org} {shard}", sent=sent, shard=shard)


def define(name: str, *permissions: str, key: str, org: str = ORG) -> DefineRole:
    """A role of an org's own."""
    sent: dict[str, object] = {"name": name, "permissions": permissions}
    return DefineRole(org=org, actor=ACTOR, key=key, sent=sent, name=name, permissions=permissions)


def remove(name: str, *, key: str, org: str = ORG, holders: Sequence[str] = ()) -> RemoveRole:
    """The end of one."""
    sent: dict[str, object] = {"name": name}
    return RemoveRole(org=org, actor=ACTOR, key=key, sent=sent, name=name, holders=holders)


def deposit(
    amount: str,
    *,
    key: str,
    user: str = USER,
    org: str = ORG,
    asset: str = CREDIT,
    reference: str | None = None,
) -> DepositCredits:
    """Bought credits."""
    units = parse_amount(amount, asset, "amount")
    return DepositCredits(
        org=org,
        actor=ACTOR,
        key=key,
        sent={"user": user, "asset": asset, "amount": units, "reference": reference},
        user=user,
        asset=asset,
        terms=Terms(Kind.PURCHASED, units),
        reference=reference,
    )


def grant(
    amount: str,
    kind: str,
    *,
    key: str,
    user: str = USER,
    org: str = ORG,
    effective: str | None = None,
    expires: str | None = None,
    priority: int = PRIORITY_DEFAULT,
    reason: str | None = None,
) -> GrantCredits:
    """Given credits."""
    units = credits_of(amount)
    sent: dict[str, object] = {"user": user, "amount": units, "kind": kind, "priority": priority}
    sent |= {"effective_at": us(effective), "expires_at": us(expires)}
    return GrantCredits(
        org=org,
        actor=ACTOR,
        key=key,
        sent=sent,
        user=user,
        asset=CREDIT,
        terms=Terms(Kind(kind), units, us(effective), us(expires), priority),
        reason=sealed(reason, "reason", user),
    )


def use(
    amount: str | None = None,
    *,
    id: str,
    user: str = USER,
    occurred: str | None = None,
    reject: bool = False,
    metadata: str | None = None,
    **labels: Any,
) -> Use:
    """One use: an amount, or a `model` with `quantities` to be priced."""
    units = None if amount is None else credits_of(amount)
    sent = {"amount": units, "user": user, "occurred": us(occurred), "reject": reject, **labels}
    return Use(
        id=id,
        fingerprint=fingerprint("usage", sent),
        user=user,
        occurred_us=us(occurred),
        amount=units,
        reject=reject,
        metadata=sealed(metadata, "metadata", user),
        **labels,
    )


def usage(uses: Sequence[Use], *, atomic: bool = False, org: str = ORG) -> RecordUsage:
    """Uses of one command."""
    return RecordUsage(org=org, actor=ACTOR, uses=uses, atomic=atomic)


def price(model: str, meter: str, dollars: str, per: int = 1_000_000) -> Price:
    """A price in dollars."""
    return Price(model, meter, dollars, per, "usd", unit_price(dollars, per, "usd", "prices.0"))


def free_monthly(
    model: str,
    meter: str,
    units: int,
    dollars: str,
    per: int = 1,
    *,
    over: TierOver = TierOver.PAYER,
) -> Price:
    """So many units of each month cost nothing, the others so many dollars."""
    return Price(
        model,
        meter,
        "0",
        per,
        "usd",
        0,
        Mode.GRADUATED,
        tiers_of([(units, "0"), (None, dollars)], per, "usd", "prices.0"),
        tier_scope=TierScope.MONTH,
        tier_over=over,
    )


def publish(
    prices: Sequence[Price], *, key: str, org: str = PLATFORM, since: str | None = None
) -> PublishRateCard:
    """A version of a rate card; the platform's is the default one."""
    sent: dict[str, object] = {"prices": [each.model for each in prices], "since": us(since)}
    return PublishRateCard(
        org=org, actor=ACTOR, key=key, sent=sent, prices=list(prices), effective_us=us(since)
    )
