"""No tenant learns anything of another's, or changes anything there, whatever it asks for.

Four orgs, each with texts, amounts, ids and hashes that no other has; callers of every role ask for
what is another's: by its ids, its users, its org on the path and in the header. 800 drawn
requests; with `HYPOTHESIS_PROFILE=nightly` (`make tenants`) 20,000 with a fresh seed, which
`TALLY_SEED` repeats.
"""

from __future__ import annotations

import asyncio
import json
import os
import re
import time
import uuid
from collections import Counter
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from random import Random
from typing import Any, NamedTuple
from urllib.parse import quote, urlencode

import psycopg
import pytest
from starlette.types import ASGIApp, Message

from api.container import Endpoints
from api.http.app import create_front
from api.http.permission_table import permission_of
from api.http.routers import routes
from api.serving import service_over
from api.settings import Settings
from ledger.kernel.roles import Role
from tests.api.access import story as access_story
from tests.api.appointments import story as appointments_story
from tests.api.auth.requests import asked, given_back, sold_by
from tests.api.internal_transfers import story as transfers_story
from tests.api.served import (
    LIFTED,
    OPERATOR_KEY,
    Api,
    Served,
    done,
    nobody_seals,
    read_models_of,
    served,
)
from tests.writer_threads import writers_in_threads, writing

NIGHTLY = os.environ.get("HYPOTHESIS_PROFILE") == "nightly"
SEED = int(os.environ.get("TALLY_SEED") or (time.time_ns() % 10**9 if NIGHTLY else 1))
REQUESTS, AT_ONCE = (20_000 if NIGHTLY else 800), 32
OPERATIONS = [name for name, route in routes() if permission_of(route) and name != "GET /metrics"]
BILLING = "/v1/billing"
OWN_NAMES = ("name", "sku", "modifier", "promotion", "item_type", "category")
"""What is of the attacker's own is called as it likes; an item also where it has prices."""


class Tenant(NamedTuple):
    """An org: who calls for it, what it can be asked for by, and what nobody else may see."""

    org: str
    secrets: list[str]
    handles: dict[str, list[str]]
    hidden: re.Pattern[str]


def _tenant(service: Served, number: int) -> Tenant:
    mark, amount = f"hidden-{uuid.uuid4().hex}", f"{31337 + 1111 * number}.{271828 + number}"
    org = f"tenant-{number}-{uuid.uuid4().hex[:8]}"
    done(service.operator.send("/v1/orgs", {"id": org, "name": f"Name {mark}"}))
    roles = [role for role in Role if role != Role.OPERATOR]
    callers = [service.issue(org, role, f"{org}.mia") for role in roles]
    admin = callers[roles.index(Role.ADMIN)]
    handles: dict[str, list[str]] = {"user": [f"{org}.mia", f"{org}.ada", "@pool"]}
    for user in handles["user"][:2]:
        handles |= _story(admin, user, mark, amount, handles)
        cart = done(admin.send("/v1/carts", {"currency": "usd", "user": user, "group": mark}))
        handles["cart"] = [*handles.get("cart", []), cart["id"]]
        back = given_back(service, admin, user, f"dp-{mark}-{user}")
        handles |= {name: [*handles.get(name, []), each] for name, each in back.items()}
    issued = done(admin.get(f"/v1/orgs/{org}/api-keys"))["data"]
    handles["key_id"] = [each["id"] for each in issued]
    hook = {"url": f"https://example.com/{mark}", "events": ["*"]}
    handles["webhook"] = [done(admin.send("/v1/webhooks", hook))["id"]]
    handles["reservation"] = [_reserved(admin, mark)]
    handles["gift_card"] = [_stored(admin, f"{org}.ada", mark)]
    sold = sold_by(admin, mark, mark)
    handles |= {name: [each] for name, each in sold.items()}
    handles["name"] = [f"role-{mark}"]
    handles["address_id"] = _customers(service, org, mark)
    handles["month"] = ["2026-01"]
    handles |= {"sku": [mark], "item": [mark, sold["item"]], "modifier": [mark], "method": [mark]}
    handles |= {"promotion": [mark], "order": [mark]}
    spring = {"name": mark, "kind": "percent", "bps": 1_000, "code": mark}
    done(admin.send(f"/v1/promotions/{mark}", spring, method="PUT"))
    redeemed = {"order": mark, "amount": "1", "currency": "usd", "user": f"{org}.ada"}
    done(admin.send(f"/v1/promotions/{mark}/redemptions", redeemed))
    prices = {"prices": [{"currency": "usd", "amount": amount.partition(".")[0]}]}
    for each in ("skus", "items"):
        done(admin.send(f"/v1/prices/{each}/{mark}", prices, method="PUT"))
    handles["order"].append(_ordered(admin, mark, f"{org}.ada", amount.partition(".")[0]))
    handles |= _sent_and_returned(admin, handles["order"][-1], mark)
    tenth = {"name": mark, "kind": "percent", "bps": 1_000}
    done(admin.send(f"/v1/prices/modifiers/{mark}", tenth, method="PUT"))
    parcel = {"name": mark, "currency": "usd", "amount": "5"}
    done(admin.send(f"/v1/prices/shipping/{mark}", parcel, method="PUT"))
    access_story.sell(admin, "BOOK")
    bought = access_story.buy(admin, "BOOK", user=f"{org}.ada")["order"]
    handles |= {"grant": [f"{bought}-1"], "sha256": [access_story.DIGEST]}
    slots = appointments_story.offer(admin, 2)
    booked = appointments_story.book(admin, slots[0], f"{org}.ada")
    handles |= {"calendar": ["coach"], "slot": slots, "appointment": [booked]}
    transfers_story.offer(admin)
    handles["transfer"] = [transfers_story.ask_for(admin, 1, f"{org}.ada")]
    role = f"/v1/orgs/{org}/roles/role-{mark}"
    done(admin.send(role, {"permissions": ["usage:read"]}, method="PUT"))
    told = {"url": f"https://93.184.215.14/{mark}", "events": ["*"]}
    webhook = done(admin.send("/v1/webhooks", told))
    handles["webhook"] = [webhook["id"]]
    events = done(admin.get("/v1/audit/events", limit=200))["data"]
    hashes = [each["hash"] for each in events]
    names = [mark, amount, *hashes, *handles["key_id"], webhook["id"], webhook["secret"]]
    hidden = "|".join(map(re.escape, names))
    return Tenant(org, [str(each.secret) for each in callers], handles, re.compile(hidden))


def _story(
    admin: Api, user: str, mark: str, amount: str, known: dict[str, list[str]]
) -> dict[str, list[str]]:
    """Let a user have credit, a hold and a debit, each with a text that nobody else has."""
    paid = admin.deposit(user, amount, reference=mark)
    hold = admin.hold(user, "1", reference=mark, expires_in=86400)
    used = done(admin.use(user, "0.5", project=mark))
    money = {"amount": "20", "currency": "usd"}
    buying = {"user": user, "amount": money, "provider": "manual"}
    bought = done(admin.send(f"{BILLING}/checkout", buying))
    items = [{"text": mark, "amount": amount.partition(".")[0]}]
    bill = {"user": user, "currency": "usd", "items": items, "reference": mark}
    drafted = done(admin.send(f"{BILLING}/invoices", bill))
    details = {"user": user, "name": mark, "country": "DE"}
    done(admin.send(f"{BILLING}/payer-details", details, method="PUT"))
    return {
        "transaction_id": [*known.get("transaction_id", []), paid["id"], used["id"]],
        "hold_id": [*known.get("hold_id", []), hold["id"]],
        "purchase": [*known.get("purchase", []), bought["purchase"]],
        "invoice": [*known.get("invoice", []), drafted["invoice"]],
    }


def _reserved(admin: Api, mark: str) -> str:
    """The id of a reservation for an owner that nobody else has."""
    done(admin.send("/v1/locations", {"id": "main", "name": mark}, method="PUT"))
    come = {"location": "main", "sku": "MUG", "quantity": 9, "reference": mark}
    done(admin.send("/v1/stock/movements/receipts", come))
    asked = {"owner": mark, "lines": [{"sku": "MUG", "quantity": 1}], "expires_in": 86400}
    return str(done(admin.send("/v1/stock/reservations", asked))["id"])


def _customers(service: Served, org: str, mark: str) -> list[str]:
    """Addresses of users who have said who they are."""
    users = [service.issue(org, "member", f"{org}.{name}") for name in ("mia", "ada")]
    for each in users:
        done(each.send("/v1/me/profile", {"name": mark}, method="PUT"))
    address = {"name": mark, "country": "DE"}
    return [done(each.send("/v1/me/addresses", address))["id"] for each in users]


def _stored(admin: Api, user: str, mark: str) -> str:
    """The id of a gift card of which an order has claimed some, as of a user's store credit."""
    money = {"amount": "9.00", "currency": "usd"}
    card = done(admin.send("/v1/gift-cards", money | {"user": user, "order": mark, "note": mark}))
    claim = {"order": mark, "amount": "1.00", "currency": "usd"}
    done(admin.send(f"/v1/gift-cards/{card['id']}/claims", claim))
    done(admin.send("/v1/store-credits/adjust", money | {"user": user, "reason": mark}))
    done(admin.send("/v1/store-credits/claims", claim | {"user": user}))
    return str(card["id"])


def _ordered(admin: Api, mark: str, user: str, total: str) -> str:
    """The id of an order of what nobody else sells."""
    prices = {"prices": [{"currency": "usd", "amount": total}]}
    done(admin.send(f"/v1/prices/skus/o-{mark}", prices, method="PUT"))
    body = {
        "currency": "usd",
        "lines": [{"sku": f"o-{mark}"}],
        "expected_total": total,
        "user": user,
        "email": f"{mark}@example.com",
        "payment": {"provider": "manual"},
    }
    return str(done(admin.send("/v1/checkout", body))["order"])


def _sent_and_returned(admin: Api, order: str, mark: str) -> dict[str, list[str]]:
    """The ids of a shipment of an order and of its return, with texts that nobody else has."""
    one = f"/v1/orders/{order}"
    done(admin.send(f"{one}/confirm-transfer", {"reference": f"order {mark}"}))
    shipment = done(admin.send(f"{one}/fulfilments", {"tracking_url": f"https://a.example/{mark}"}))
    done(admin.send(f"{one}/fulfilments/{shipment['shipment']}/ship", {}))
    back = done(admin.send(f"{one}/returns", {"reason": mark}))
    return {"shipment": [shipment["shipment"]], "return_id": [back["id"]]}


class Drawn(NamedTuple):
    """A request of one tenant for what is another's."""

    attacker: Tenant
    target: Tenant
    method: str
    path: str
    query: str
    headers: dict[str, str]
    body: bytes


def _drawn(random: Random, tenants: list[Tenant]) -> Drawn:
    attacker, target = random.sample(tenants, 2)
    name = random.choice(OPERATIONS)
    method, template = name.split()
    what = asked(name)
    ids = {each: random.choice(handles) for each, handles in target.handles.items()}
    ids |= {
        "provider": "stripe",
        "event": "evt_0",
        "version": "1",
        "sequence": str(random.randint(1, 20)),
    }
    ids["org"] = random.choice([target.org, target.org, attacker.org])
    if method == "PUT":
        names = OWN_NAMES if template.startswith("/v1/catalogue/") else (*OWN_NAMES, "item")
        ids |= dict.fromkeys(names, "drawn")
    query = dict(what.query)
    if method == "GET":
        query |= {each: ids["user"] for each in ("user",) if random.random() < 0.4}
        query |= {"key_id": ids["key_id"]} if random.random() < 0.1 else {}
    headers = {"Authorization": f"Bearer {random.choice(attacker.secrets)}"}
    headers["Idempotency-Key"] = f"drawn-{random.getrandbits(64)}"
    if random.random() < 0.15:
        headers["X-Org"] = random.choice([target.org, attacker.org, "platform"])
    body = b""
    if what.body is not None:
        body = json.dumps(_aimed(what.body, ids, random)).encode()
        headers |= {"Content-Type": "application/json", "Content-Length": str(len(body))}
    path = template.format(**{each: quote(text) for each, text in ids.items()})
    return Drawn(attacker, target, method, path, urlencode(query), headers, body)


def _aimed(body: dict[str, Any], ids: dict[str, str], random: Random) -> dict[str, Any]:
    """The body of a request, about a user of the target's."""
    users = [name for name in body if name == "user" or name.endswith("_user")]
    return body | {name: ids["user"] for name in users if random.random() < 0.8}


async def _ask(app: ASGIApp, request: Drawn) -> tuple[int, str]:
    """The status of the answer and all of its head and body."""
    headers = [(name.lower().encode(), text.encode()) for name, text in request.headers.items()]
    scope = {
        "type": "http",
        "asgi": {"version": "3.0"},
        "http_version": "1.1",
        "scheme": "http",
        "method": request.method,
        "path": request.path,
        "raw_path": request.path.encode(),
        "query_string": request.query.encode(),
        "headers": headers,
        "root_path": "",
        "client": ("127.0.0.1", 1),
        "server": ("127.0.0.1", 80),
        "state": {},
    }
    said: list[Message] = []

    received = asyncio.Event()

    async def receive() -> Message:
        if received.is_set():
            await asyncio.Future()  # the caller waits for all of the answer
        received.set()
        return {"type": "http.request", "body": request.body, "more_body": False}

    async def send(message: Message) -> None:
        said.append(message)

    await app(scope, receive, send)
    body = b"".join(each.get("body", b"") for each in said[1:])
    return said[0]["status"], f"{said[0]['headers']}{body.decode('latin-1')}"


@asynccontextmanager
async def in_process(ends: Endpoints) -> AsyncIterator[ASGIApp]:
    """The service without a socket: thousands of requests a second can be asked of it."""
    with (
        nobody_seals(),
        writers_in_threads(writing(ends.database)) as sockets,
        read_models_of(ends),
    ):
        settings = Settings(operator_key=OPERATOR_KEY, limits=LIFTED)
        service = service_over(settings, ends, sockets.ways)
        async with service.running():
            yield create_front(service)


async def _ask_all(ends: Endpoints, tenants: list[Tenant], seed: int) -> Counter[int]:
    random = Random(seed)  # to be drawn again
    counts = Counter[int]()
    async with in_process(ends) as app:
        for _ in range(0, REQUESTS, AT_ONCE):
            drawn = [_drawn(random, tenants) for _ in range(AT_ONCE)]
            for request, answer in zip(
                drawn, await asyncio.gather(*(_ask(app, each) for each in drawn)), strict=True
            ):
                status, text = answer
                sent = f"{request.path}?{request.query}{request.headers}{request.body!r}"
                learnt = {*request.target.hidden.findall(text)}
                assert not {each for each in learnt if each not in sent}, (seed, request, text)
                assert status < 500 or "not_sealed" in text, (seed, request, text)
                counts[status] += 1
    return counts


@pytest.fixture(scope="module")
def tenants(ends: Endpoints) -> list[Tenant]:
    with served(ends) as service:
        return [_tenant(service, number) for number in range(4)]


def test_no_tenant_learns_of_another_or_writes_there(
    ends: Endpoints, tenants: list[Tenant]
) -> None:
    print(f"TALLY_SEED={SEED}, {REQUESTS} requests")
    counts = asyncio.run(_ask_all(ends, tenants, SEED))
    print(counts)
    assert sum(counts.values()) >= REQUESTS
    assert all(counts[status] > REQUESTS / 100 for status in (200, 201, 403, 404)), counts
    with psycopg.connect(ends.database.owner) as owner:
        strangers = owner.execute(
            "SELECT e.org, e.sequence, e.actor FROM tally.events e "
            "WHERE e.org LIKE 'tenant-%%' AND NOT EXISTS (SELECT FROM tally.api_keys k "
            "WHERE k.org IN (e.org, 'platform') AND k.id = e.actor::jsonb ->> 'key') "
            "AND e.actor::jsonb ->> 'key' <> 'environment'"
        ).fetchall()
    assert strangers == []


def test_what_is_hidden_is_found_where_it_may_be_seen(
    ends: Endpoints, tenants: list[Tenant]
) -> None:
    """The same look finds each tenant's own in what its own callers are answered."""

    async def own() -> list[str]:
        async with in_process(ends) as app:
            return [
                (await _ask(app, _of_own(tenant, path)))[1]
                for tenant in tenants
                for path in (
                    f"{BILLING}/transactions",
                    f"/v1/orgs/{tenant.org}",
                    f"{BILLING}/holds",
                    f"{BILLING}/disputes",
                )
            ]

    answers = asyncio.run(own())
    for number, text in enumerate(answers):
        assert tenants[number // 4].hidden.search(text), text


def _of_own(tenant: Tenant, path: str) -> Drawn:
    headers = {"Authorization": f"Bearer {tenant.secrets[0]}"}
    return Drawn(tenant, tenant, "GET", path, "", headers, b"")
