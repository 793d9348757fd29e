"""Every bad input answers a problem that names the field; no event, no 500."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import suppress
from typing import Any, get_args, get_type_hints

import pytest
from pydantic import TypeAdapter, ValidationError

from api.http.fields import Amount, Asset, Body, SignedAmount
from api.http.openapi import document
from api.http.routers import methods_at, routes
from ledger.kernel.errors import LedgerError
from tests.api.bad_inputs import (
    BAD_BODIES,
    BAD_FIELDS,
    BAD_KEYS,
    BAD_ORGS,
    BAD_PRICES,
    BAD_QUERIES,
    BATCH,
    CARDS,
    CREDITS,
    DEPOSIT,
    DEPOSITS,
    GRANT,
    PRICE,
    TRANSACTIONS,
    USAGE,
    USE,
    encode,
)
from tests.api.problems import problem
from tests.api.served import Api, Served, done

LISTED = {
    (path, each["name"]): each["schema"]["maxLength"]
    for path, methods in document()["paths"].items()
    if "{" not in path
    for each in methods.get("get", {}).get("parameters", ())
    if each["in"] == "query" and "maxLength" in each.get("schema", {})
}
"""The longest text that each filter takes."""

UNPRICED = {"id": "r2", "model": "no-such", "input_tokens": 1}


def names(table: list[Any]) -> list[str]:
    return [row[0] for row in table]


@pytest.fixture(scope="module")
def caller(service: Served) -> Api:
    return service.new_admin()


@pytest.fixture(autouse=True)
def nothing_recorded(service: Served, caller: Api) -> Iterator[None]:
    """Whatever a test here sends leaves no event, in any org."""
    before = service.events()
    yield
    assert service.events() == before


@pytest.mark.parametrize(("what", "path", "body", "field"), BAD_FIELDS, ids=names(BAD_FIELDS))
def test_a_bad_field_is_named(
    caller: Api, what: str, path: str, body: dict[str, Any], field: str
) -> None:
    response = caller.raw(path, encode(body), "application/json")
    code = "price_not_found" if what == "an unknown model" else "invalid"
    problem(response, 422, code, field)


@pytest.mark.parametrize(
    ("what", "body", "content_type", "status", "code", "field"), BAD_BODIES, ids=names(BAD_BODIES)
)
@pytest.mark.parametrize("path", [DEPOSITS, USAGE, BATCH])
def test_a_bad_body_is_refused_whole(
    caller: Api,
    path: str,
    what: str,
    body: bytes,
    content_type: str | None,
    status: int,
    code: str,
    field: str,
) -> None:
    problem(caller.raw(path, body, content_type), status, code, field)


@pytest.mark.reaches("malformed_json", "unsupported_media_type")
def test_what_a_body_is_said_to_be_and_what_it_is_are_two_problems(caller: Api) -> None:
    problem(caller.raw(DEPOSITS, b"{", "application/json"), 400, "malformed_json", "body")
    said = caller.raw(DEPOSITS, b"{}", "text/json")
    problem(said, 415, "unsupported_media_type", "Content-Type")


@pytest.mark.reaches("body_too_large")
def test_a_body_that_hides_its_length_is_bounded_too(caller: Api) -> None:
    def chunks() -> Iterator[bytes]:
        for _ in range(80):
            yield b" " * 65_536

    headers = caller.headers | {"Content-Type": "application/json", "Idempotency-Key": "k"}
    response = caller.http.post(DEPOSITS, content=chunks(), headers=headers)
    problem(response, 413, "body_too_large", "body")


@pytest.mark.parametrize(
    ("what", "path", "query", "code", "field"), BAD_QUERIES, ids=names(BAD_QUERIES)
)
def test_a_bad_query_is_named(
    caller: Api, what: str, path: str, query: dict[str, str], code: str, field: str
) -> None:
    response = caller.get(path.format(org=caller.org), **query)
    problem(response, 422, code, field)


@pytest.mark.parametrize(("what", "body", "field"), BAD_PRICES, ids=names(BAD_PRICES))
def test_a_bad_price_is_named(caller: Api, what: str, body: dict[str, Any], field: str) -> None:
    problem(caller.send(CARDS, body, method="PUT"), 422, "invalid", field)


@pytest.mark.parametrize(("what", "body", "field"), BAD_ORGS, ids=names(BAD_ORGS))
def test_a_bad_org_is_named(service: Served, what: str, body: dict[str, Any], field: str) -> None:
    problem(service.operator.send("/v1/orgs", body), 422, "invalid", field)


@pytest.mark.parametrize(("what", "body", "field"), BAD_KEYS, ids=names(BAD_KEYS))
def test_a_bad_api_key_is_named(caller: Api, what: str, body: dict[str, Any], field: str) -> None:
    problem(caller.send(f"/v1/orgs/{caller.org}/api-keys", body), 422, "invalid", field)


@pytest.mark.reaches("conflict")
def test_an_org_id_in_use_is_a_conflict(service: Served, caller: Api) -> None:
    body = {"id": caller.org, "name": "again"}
    problem(service.operator.send("/v1/orgs", body), 409, "conflict", "id")
    body["id"] = "platform"
    problem(service.operator.send("/v1/orgs", body), 409, "conflict", "id")


@pytest.mark.parametrize(
    ("method", "path", "body"),
    [
        ("POST", DEPOSITS, DEPOSIT),
        ("POST", CREDITS, GRANT),
        ("PUT", CARDS, {"prices": [PRICE]}),
        ("POST", "/v1/orgs/{org}/api-keys", {"name": "x", "role": "admin"}),
        ("DELETE", "/v1/orgs/{org}/api-keys/key_000000000000000000000000", None),
    ],
)
@pytest.mark.reaches("missing_input")
def test_a_command_without_an_idempotency_key_is_refused(
    caller: Api, method: str, path: str, body: object
) -> None:
    response = caller.send(path.format(org=caller.org), body, method=method, key=None)
    problem(response, 400, "missing_input", "Idempotency-Key")


@pytest.mark.reaches("invalid")
def test_an_idempotency_key_over_255_characters_is_refused(caller: Api) -> None:
    problem(caller.send(DEPOSITS, DEPOSIT, key="k" * 256), 422, "invalid", "Idempotency-Key")


@pytest.mark.parametrize("path", ["/", "/v1", "/v1/billing/nothing", "/v2/orgs"])
@pytest.mark.reaches("no_such_route")
def test_a_path_that_is_not_there_is_a_problem(caller: Api, path: str) -> None:
    problem(caller.get(path), 404, "no_such_route", None)


@pytest.mark.reaches("method_not_allowed")
def test_a_method_that_is_not_there_is_a_problem(caller: Api) -> None:
    problem(caller.send(DEPOSITS, DEPOSIT, method="PATCH"), 405, "method_not_allowed", None)


def test_a_path_takes_the_methods_of_its_own_routes() -> None:
    """An `imports` beside an `{order}` is no id: what may be sent there is said of it alone."""
    own: dict[str, set[str]] = {}
    for _, route in routes():
        own.setdefault(route.path_format, set()).update(route.methods or ())
    assert {path: set(methods_at(path)) for path in own} == own


def test_a_filter_that_is_too_long_is_named(caller: Api) -> None:
    assert len(LISTED) > 20
    for (path, name), most in LISTED.items():
        problem(caller.get(path, **{name: "x" * (most + 1)}), 422, "invalid", name)


def test_a_method_that_is_not_there_is_told_with_all_that_are(caller: Api) -> None:
    assert caller.send(DEPOSITS, method="TRACE").headers["Allow"] == "POST"
    assert caller.send(CARDS, method="TRACE").headers["Allow"] == "GET, PUT"
    document = "/v1/billing/invoices/inv_1.pdf"  # an invoice could be called so, and takes PUT
    assert caller.send(document, method="TRACE").headers["Allow"] == "GET"


@pytest.mark.parametrize("path", ["/v1/billing/refunds", "/v1/billing/disputes"])
def test_a_filter_that_no_id_could_be_is_named(caller: Api, path: str) -> None:
    problem(caller.get(path, purchase="0" * 256), 422, "invalid", "purchase")


@pytest.mark.parametrize("bad", ["0", "1001", "x"])
def test_whoever_sees_one_org_alone_is_refused_a_bad_limit_like_all_others(
    caller: Api, bad: str
) -> None:
    problem(caller.get("/v1/orgs", limit=bad), 422, "invalid", "limit")


@pytest.mark.parametrize("id_", ["1", "0-0", "1-0-0", "99999999-0", "-1-0", "1-9999", "x%00"])
def test_a_transaction_that_is_not_there_is_a_problem(caller: Api, id_: str) -> None:
    problem(caller.get(f"{TRANSACTIONS}/{id_}"), 404, "not_found", "id")


@pytest.mark.reaches("not_found")
def test_an_api_key_that_is_not_there_is_a_problem(caller: Api) -> None:
    for id_ in ("key_000000000000000000000000", "x", "%00"):
        path = f"/v1/orgs/{caller.org}/api-keys/{id_}"
        problem(caller.send(path, method="DELETE"), 404, "not_found", "id")


def test_an_independent_batch_of_bad_items_records_nothing(caller: Api) -> None:
    bad = [USE | {"amount": 0}, USE | {"tokens": 1}, 7, UNPRICED]
    results = done(caller.send(BATCH, {"mode": "independent", "items": bad}))["results"]
    assert [each["status"] for each in results] == [422] * 4
    assert [each["problem"]["field"] for each in results] == ["amount", "tokens", "body", "model"]


AS_SENT = {Amount, SignedAmount, Asset}
"""Checked by what they stand for, when that is known."""


@pytest.mark.filterwarnings("ignore:The .alias. attribute")
def test_no_body_has_a_text_that_is_not_checked() -> None:
    taken = []
    assert "UsageBody" in document()["components"]["schemas"]  # every body is imported
    for model in Body.__subclasses__():
        kinds = get_type_hints(model, include_extras=True)
        for name, kind in kinds.items():
            if name in model.model_fields and not AS_SENT & {kind, *get_args(kind)}:
                with suppress(ValidationError, LedgerError):
                    TypeAdapter(kind).validate_python("a\u202eb", strict=True)
                    taken.append(f"{model.__name__}.{name}")
    assert taken == []
