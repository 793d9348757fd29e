"""Publishing imported prices: through the HTTP API, or straight into the store."""

from __future__ import annotations

import hashlib
import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import httpx

from api.cli.sealing import seal_written
from api.commands.application import Ledger
from api.commands.group_commit import GroupCommit
from api.commands.rate_cards import PublishRateCard
from api.commands.receipts import Receipt
from api.container import Opening, clock_us, endpoints, journal, ledger
from api.settings import Settings
from ledger.audit.actor import Actor
from ledger.kernel.canonical import canonical
from ledger.kernel.errors import LedgerError
from ledger.kernel.ids import PLATFORM, stream_id
from ledger.kernel.limits import PRICES_PER_CARD_MAX
from ledger.rating.card import CARD_STREAM, Price, RateCard

PATH = "/v1/billing/rate-cards"
TIMEOUT_S = 120.0


class ImportRefused(Exception):
    """Nothing was published; the text says why."""


@dataclass(frozen=True)
class Published:
    """The version that holds the prices; `known`: it was there already."""

    version: int
    known: bool


def check(prices: Sequence[Price]) -> None:
    """Refuse what is not a version of a card."""
    if not prices:
        raise ImportRefused("no price is left: name other providers or models.")
    if len(prices) > PRICES_PER_CARD_MAX:
        raise ImportRefused(
            f"{len(prices):,} prices are more than the {PRICES_PER_CARD_MAX:,} of one version: "
            "name providers or models."
        )


def body_of(prices: Sequence[Price]) -> list[dict[str, object]]:
    """Prices as the API takes them."""
    return [
        {
            "model": price.model,
            "meter": price.meter,
            "price": price.price,
            "per": price.per,
            "currency": price.currency,
        }
        | ({} if price.context_over is None else {"context_over": price.context_over})
        for price in prices
    ]


def digest_of(prices: Sequence[Price]) -> str:
    """What prices are known by: a part of the Idempotency-Key they are published with."""
    return hashlib.sha256(canonical({"prices": body_of(prices)})).hexdigest()


def publish_over_http(client: httpx.Client, org: str, prices: Sequence[Price]) -> Published:
    """The next version through the API, unless the newest one holds these prices.

    The client has its address and credential. The Idempotency-Key is made of the prices and the
    version before them: two imports at once, and one sent again, are one version.
    """
    _name_org(client, org)
    versions = _value(client.get(PATH, params={"limit": 1}))["data"]
    last = int(versions[0]["version"]) if versions else 0
    if versions and _holds(versions[0], prices):
        return Published(last, known=True)
    return _put(client, f"rates import {digest_of(prices)} after {last}", prices)


def _holds(version: Mapping[str, Any], prices: Sequence[Price]) -> bool:
    """Whether a version as the API shows it has these prices and nothing beside them."""
    found = [
        {name: value for name, value in price.items() if value is not None and name != "mode"}
        for price in version["prices"]
    ]
    flat = all(price.get("mode", "flat") == "flat" for price in version["prices"])
    plain = not version.get("margin_bps") and version.get("minimum_charge") in (None, "0")
    return flat and plain and found == body_of(prices)


def _name_org(client: httpx.Client, org: str) -> None:
    """An operator names the org; the key of an org is of that org, or of no use here."""
    headers = {"X-Org": org}
    answer = client.get(PATH, params={"limit": 1}, headers=headers)
    if answer.status_code == httpx.codes.FORBIDDEN and org != PLATFORM:
        _value(client.get(f"/v1/orgs/{org}"))
    else:
        _value(answer)
        client.headers.update(headers)


def _put(client: httpx.Client, key: str, prices: Sequence[Price]) -> Published:
    answer = client.put(PATH, json={"prices": body_of(prices)}, headers={"Idempotency-Key": key})
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


def publish_directly(settings: Settings, org: str, prices: Sequence[Price]) -> Published:
    """As a writer of the store, beside a service that may be running."""
    with endpoints(settings, Opening.WRITE) as ends:
        store = journal(ends.database, "rates import")
        try:
            published = publish_with(ledger(store), org, prices)
        finally:
            store.close()
        seal_written(settings, ends.database)
        return published


def publish_with(application: Ledger, org: str, prices: Sequence[Price]) -> Published:
    """The next version of a card, unless the newest one holds these prices. Raises LedgerError."""
    last = newest(application, org)
    plain = last is not None and not last.margin_bps and not last.minimum
    if last is not None and plain and last.prices == list(prices):
        return Published(last.card_version, known=True)
    command = PublishRateCard(
        org=org,
        actor=Actor("@operator", "tally rates import", str(uuid.uuid4())),
        key=f"rates import {digest_of(prices)} into {last.card_version if last else 0}",
        sent={"prices": digest_of(prices)},
        prices=list(prices),
    )
    (outcome,) = GroupCommit(application, clock_us).run([command])
    if isinstance(outcome, LedgerError):
        raise outcome
    assert isinstance(outcome, Receipt)
    fact = outcome.recording.fact
    assert isinstance(fact, RateCard.RateCardPublished)
    return Published(fact.card_version, outcome.replayed)


def newest(application: Ledger, org: str) -> RateCard.RateCardPublished | None:
    """The last version of a card."""
    facts = list(application.events.get(stream_id(org, CARD_STREAM), desc=True, limit=1))
    return facts[0] if facts and isinstance(facts[0], RateCard.RateCardPublished) else None
