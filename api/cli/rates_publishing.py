"""Publishing imported prices: through the HTTP API, or straight into the store."""

from __future__ import annotations

import hashlib
import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import httpx
import msgspec
from eventsourcing.application import AggregateNotFoundError

from api.cli.sealing import seal_written
from api.commands.application import Ledger
from api.commands.rating.rate_cards import PublishRateCard
from api.commands.result import CommandResult
from api.container import Opening, clock_us, endpoints, event_store, ledger
from api.http.rating.answers import name_answer, price_answer, provider_name_answer
from api.settings import Settings
from api.writer.every_shard import EveryShard
from ledger.kernel.actor import Actor
from ledger.kernel.aggregate import LedgerAggregate
from ledger.kernel.canonical import canonical
from ledger.kernel.errors import Invalid, LedgerError
from ledger.kernel.ids import PLATFORM, stream_id
from ledger.rating import consistency
from ledger.rating.names import Name, ProviderName
from ledger.rating.rate_card import CARD_STREAM, RateCard
from ledger.rating.rate_card_prices import ALL_PARTS, Price, PublishedVersion

PATH = "/v1/billing/rate-cards"
TIMEOUT_S = 120.0


class ImportRefused(Exception):
    """Nothing was published; the text says why."""


@dataclass(frozen=True)
class Published:
    """The version that holds the prices; `known`: it was there already."""

    version: int
    known: bool


@dataclass(frozen=True)
class Content:
    """What a version is to hold."""

    prices: Sequence[Price]
    names: Sequence[Name] = ()
    providers: Sequence[ProviderName] = ()

    @cached_property
    def body(self) -> dict[str, Any]:
        """As the API takes it."""
        content = {
            "prices": list(map(price_answer, self.prices)),
            "names": list(map(name_answer, self.names)),
            "providers": list(map(provider_name_answer, self.providers)),
        }
        sent = msgspec.to_builtins(content)
        return {
            part: [_without_defaults(each) for each in items]
            for part, items in sent.items()
            if items
        }

    @cached_property
    def digest(self) -> str:
        """What it is known by: a part of the Idempotency-Key it is published with."""
        return hashlib.sha256(canonical(self.body)).hexdigest()


def _without_defaults(value: Mapping[str, Any]) -> dict[str, Any]:
    """Without what is null, which is the same as absent."""
    return {
        name: _without_defaults(each) if isinstance(each, Mapping) else each
        for name, each in value.items()
        if each is not None
    }


def check(content: Content) -> None:
    """Refuse what is not a version of a card."""
    if not content.prices:
        raise ImportRefused("no price is left: name other providers or models.")
    try:
        consistency.check(content.prices, content.names, content.providers)
    except Invalid as refusal:
        raise ImportRefused(f"{refusal} Name providers or models.") from None


def publish_over_http(client: httpx.Client, org: str, content: Content) -> Published:
    """Return a version through the API, unless the one in force holds this.

    The client has its address and credential. The Idempotency-Key is made of the content and the
    version before it: two imports at once, and one sent again, are one version.
    """
    _name_org(client, org)
    listed = _value(client.get(PATH, params={"limit": 1}))
    number = listed["in_force"]
    if number and _holds(_value(client.get(f"{PATH}/versions/{number}")), content):
        return Published(int(number), known=True)
    last = int(listed["data"][0]["version"]) if listed["data"] else 0
    return _put(client, f"rates import {content.digest} after {last}", content)


def _holds(version: Mapping[str, Any], content: Content) -> bool:
    """Tell whether a version as the API shows it has this content and nothing beside it."""
    is_usual = not version.get("margin_bps") and version.get("minimum_charge") in (None, "0")
    found = {
        part: [_without_defaults(each) for each in version[part]]
        for part in ("prices", "names", "providers")
        if version[part]
    }
    return is_usual and version["rule"] == ALL_PARTS and found == content.body


def _name_org(client: httpx.Client, org: str) -> None:
    """An operator names the org; the key of an org is of that org, or of no use here."""
    headers = {"X-Org": org}
    answer = client.get(PATH, params={"limit": 1}, headers=headers)
    if answer.status_code == httpx.codes.FORBIDDEN and org != PLATFORM:
        _value(client.get(f"/v1/orgs/{org}"))
    else:
        _value(answer)
        client.headers.update(headers)


def _put(client: httpx.Client, key: str, content: Content) -> Published:
    answer = client.put(PATH, json=content.body, headers={"Idempotency-Key": key})
    known = answer.headers.get("Idempotency-Replayed") == "true"
    return Published(int(_value(answer)["version"]), known)


def _value(response: httpx.Response) -> dict[str, Any]:
    if response.is_success:
        return dict(response.json())
    try:
        detail = str(response.json()["detail"])
    except (ValueError, KeyError):
        detail = response.text[:500]
    raise ImportRefused(f"{response.status_code}: {detail}")


def publish_directly(settings: Settings, org: str, content: Content) -> Published:
    """Publish as a writer of the store, beside a service that may be running."""
    with endpoints(settings, Opening.WRITE) as ends:
        store = event_store(ends.database, "rates import")
        try:
            published = publish_with(ledger(store), org, content)
        finally:
            store.close()
        seal_written(settings, ends.database)
        return published


def publish_with(application: Ledger, org: str, content: Content) -> Published:
    """Return a version of a card, unless the one in force holds this. Raises LedgerError."""
    card = _card(application, org)
    number = card and card.schedule.in_force(clock_us())
    if card and number and _is_published(card.versions[number], content):
        return Published(number, known=True)
    command = PublishRateCard(
        org=org,
        actor=Actor("@operator", "tally rates import", str(uuid.uuid4())),
        key=f"rates import {content.digest} into {card.schedule.last if card else 0}",
        sent={"prices": content.digest},
        prices=list(content.prices),
        names=list(content.names),
        providers=list(content.providers),
    )
    (outcome,) = EveryShard(application, clock_us).run([command])
    if isinstance(outcome, LedgerError):
        raise outcome
    assert isinstance(outcome, CommandResult)
    fact = outcome.stored_fact.fact
    assert isinstance(fact, RateCard.RateCardPublished)
    return Published(fact.card_version, outcome.replayed)


def _card(application: Ledger, org: str) -> RateCard | None:
    try:
        card: LedgerAggregate = application.repository.get(stream_id(org, CARD_STREAM))
    except AggregateNotFoundError:
        return None
    assert isinstance(card, RateCard)
    return card


def _is_published(version: PublishedVersion, content: Content) -> bool:
    """Tell whether a version holds this and nothing beside it."""
    found = [version.prices, version.names, version.providers]
    wanted = [list(content.prices), list(content.names), list(content.providers)]
    is_usual = not version.margin_bps and not version.minimum and version.rule == ALL_PARTS
    return is_usual and found == wanted
