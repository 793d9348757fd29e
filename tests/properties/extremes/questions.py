"""Every question of the contract about an org: each GET, each page of each list, each id."""

from __future__ import annotations

from collections.abc import Iterator
from random import Random
from typing import Any

from api.http.openapi import document
from tests.api.served import Api, Json
from tests.properties.extremes.commands import PLACE, Known
from tests.properties.extremes.values import TIMES, USERS

PLACELESS = {
    *("/healthz", "/readyz", "/metrics", "/v1/billing/auto-recharge", "/v1/carts/active"),
    *("/v1/me/profile", "/v1/me/addresses", "/v1/me/addresses/{address_id}", "/v1/me/orders"),
    *("/v1/billing/subscription", "/v1/billing/invoice-settings", "/v1/billing/payer-details"),
}
MONTHS = ["1970-01", "2026-11", "9999-11"]
ODD_PLACES = ["1", "0", "-1", "9" * 19, "9223372036854775807", "9" * 60, "x", "1.0", "%00"]
ODD_QUERIES = [*ODD_PLACES[:-1], "", "\0", "ada", "u" * 5_000, "é", "'", *TIMES, "9999-12", "desc"]
GROUPS = "model,service,project,provider,user"

_NAMED = (
    "{sku}",
    "{slug}",
    "{item}",
    "{item_type}",
    "{category}",
    "{promotion}",
    "{cart}",
    "{grant}",
    "{calendar}",
    "{appointment}",
    "{transfer}",
    "/v1/customers/{",
)
Question = tuple[str, dict[str, Any]]


def questions(known: Known, head: int, month: str) -> Iterator[Question]:
    """All there is to ask after the org's event with that sequence."""
    asked = dict(_queries(head, month))
    for path in _gets():
        for each in _named(path, known, head):
            for query in asked.get(path, [{}]):
                yield each, query


def _gets() -> list[str]:
    methods = document()["paths"].items()
    return [path for path, each in methods if "get" in each and path not in PLACELESS]


def _named(path: str, known: Known, head: int) -> list[str]:
    for name, ids in known.met.items():
        if f"{{{name}}}" in path:
            return [path.replace(f"{{{name}}}", each) for each in ids[1:]]
    if "{sequence}" in path:
        return [path.format(sequence=each) for each in range(1, head + 1)]
    if path.endswith("{invoice}"):
        return [path.format(invoice=each) for each in known.invoices[1:]]
    if PLACE.findall(path)[-1:] in (["event"], ["purchase"], ["refund"], ["dispute"], ["invoice"]):
        return []  # none is told, bought or made a document of here
    if "{month}" in path:
        return []  # nobody makes documents of statements here
    if any(each in path for each in _NAMED):
        return []  # not every one is there: the lists of them are asked for
    if "{name}" in path or "{webhook}" in path:
        return []  # each may have been removed since: the lists of them are asked for
    return [PLACE.sub("1", path.replace("{org}", known.org))]


def _queries(head: int, month: str) -> Iterator[tuple[str, list[Json]]]:
    moments = [0, 1, head // 2, head, TIMES[0], TIMES[1]]
    periods = [month, *MONTHS]
    seen = {"min_sequence": head}
    pages = [{}, {"limit": 1}]
    far = {"from": TIMES[0], "to": TIMES[-1]}
    users = [{"user": user} for user in USERS]
    yield (
        "/v1/billing/balance",
        [
            *users,
            *({"user": user, "asset": "usd"} for user in USERS),
            *({"user": "ada", "as_of": moment} for moment in moments),
        ],
    )
    yield "/v1/billing/balance/all", [{}, *users, {"user": "bob", "as_of": head}]
    yield (
        "/v1/billing/transactions",
        [
            seen,
            seen | {"limit": 1},
            seen | far,
            *(seen | user | {"category": "expiry"} for user in users),
        ],
    )
    yield (
        "/v1/billing/statement",
        [
            *(seen | user | {"period": period} for user in users for period in periods),
            *(seen | users[0] | {"period": month, "as_of": moment} for moment in moments),
        ],
    )
    yield (
        "/v1/billing/usage",
        [
            *(seen | {"period": period} for period in periods),
            seen | {"period": month, "granularity": "daily", "group_by": GROUPS, "limit": 1},
            *(seen | user | {"period": month, "group_by": "model"} for user in users),
        ],
    )
    yield "/v1/billing/holds", [*pages, *users]
    yield "/v1/stock", [*pages, {"sku": "S"}, {"location": "home", "limit": 1}]
    yield "/v1/stock/costs", [*pages, {"sku": "S"}, {"location": "home", "limit": 1}]
    yield "/v1/stock/movements", [seen | {"limit": 1}, seen | far, seen | {"owner": "o"}]
    yield "/v1/gift-cards", [*pages, users[0] | {"currency": "usd"}, {"order": "o1"}]
    yield "/v1/gift-cards/{gift_card}/movements", [seen | {"limit": 1}]
    yield "/v1/store-credits", [*pages, *users]
    yield "/v1/store-credits/movements", [seen | users[0] | {"currency": "usd", "limit": 1}]
    yield "/v1/orders/disputes", [*pages, *users, seen | {"status": "open"}, {"order": "o1"}]
    yield "/v1/orders", [*pages, *users, seen | {"status": "confirmed"}]
    yield "/v1/customers", [*pages, *users]
    yield "/v1/fulfilments", [*pages, *users, seen | {"status": "created"}]
    yield "/v1/returns", [*pages, *users, seen | {"status": "requested"}]
    yield "/v1/appointments", [*pages, *users, {"calendar": "x", "state": "held"}]
    yield "/v1/internal-transfers", [*pages, *users, {"to_location": "x", "status": "sent"}]
    yield "/v1/calendars", pages
    yield "/v1/grants", [*pages, *users, {"course": "x", "state": "active", "kind": "plan"}]
    yield "/v1/billing/rate-cards", [*pages, {"card": "default"}]
    yield "/v1/billing/alerts", pages
    yield "/v1/prices", pages
    yield "/v1/promotions", pages
    yield "/v1/orgs", [{"limit": 1000}]
    yield "/v1/orgs/{org}/api-keys", pages
    yield (
        "/v1/audit/events",
        [*pages, far, {"order": "asc", "user": "ada"}, {"as_of": head, "limit": 1}],
    )
    yield "/v1/audit/refusals", [*pages, far]
    yield (
        "/v1/audit/journal",
        [
            *({"format": each} for each in ("beancount", "hledger", "csv")),
            {"format": "csv", "from": TIMES[0], "to": TIMES[-1]},
            {"format": "beancount", "from": str(max(1, head // 2))},
        ],
    )
    yield "/v1/catalogue/item-types", pages
    yield "/v1/catalogue/categories", [*pages, {"parent": "a"}]
    yield "/v1/catalogue/items", [*pages, {"type": "a", "state": "draft"}]
    yield "/v1/catalogue/search", [seen, {"q": "a b", "locale": "tr"}, {"category": "a"}]
    yield "/v1/audit/proofs/inclusion", [{"sequence": 1}]
    yield "/v1/audit/proofs/consistency", [{"from": 1, "to": head}]


def odd_questions(known: Known, chance: Random) -> Iterator[Question]:
    """Each GET with something that it may not have been made for."""
    for path in _gets():
        parameters = document()["paths"][path]["get"]["parameters"]
        names = [each["name"] for each in parameters if each["in"] == "query"]
        query = {name: chance.choice(ODD_QUERIES) for name in names if chance.randrange(3) == 0}
        if "period" in names and chance.randrange(2):
            query["period"] = chance.choice(MONTHS)
        route = path.replace("{sequence}", chance.choice(ODD_PLACES))
        yield known.named(route, chance), query


def ask(api: Api, path: str, query: Json) -> list[Any]:
    """The answers to a question: every page of a list, one otherwise."""
    answers = []
    cursor: Json = {}
    while True:
        answer = api.get(path, **query, **cursor)
        assert answer.status_code == 200, (path, query, cursor, answer.text)
        if answer.headers["content-type"] != "application/json":
            return [answer.content]
        value = answer.json()
        answers.append(value)
        if value.get("next_cursor") is None:
            return answers
        cursor = {"cursor": value["next_cursor"]}
