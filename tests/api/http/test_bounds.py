"""The bounds of one request: what is just within is taken, and one more is refused, with no event
left."""

from __future__ import annotations

import json
from collections.abc import Callable

import pytest

from api.http.json_body import BODY_MAX, DEPTH_MAX
from api.http.paging import CURSOR_MAX, LIMIT_MAX
from ledger.kernel.limits import LINES_PER_EVENT_MAX
from tests.api.problems import problem
from tests.api.served import Api, Served, done

DEPOSITS, USAGE, BATCH = "/v1/billing/deposits", "/v1/billing/usage", "/v1/billing/usage/batch"
TRANSACTIONS, HOLDS = "/v1/billing/transactions", "/v1/billing/holds"
BODIES = [DEPOSITS, USAGE, BATCH, HOLDS]
JSON = "application/json"


def padded(value: object, size: int) -> bytes:
    """A value with so much space after it that it has just this size."""
    return json.dumps(value).encode().ljust(size)


def line(id_: str) -> dict[str, str]:
    return {"id": id_, "user": "ada", "amount": "1"}


def body_of(path: str) -> dict[str, object]:
    if path == BATCH:
        return {"mode": "atomic", "items": [line("in a batch")]}
    return dict(line(f"at {path}")) if path == USAGE else {"user": "ada", "amount": "1"}


@pytest.fixture(scope="module")
def caller(service: Served) -> Api:
    """An admin whose user has credit."""
    admin = service.new_admin()
    admin.deposit("ada", "100")
    return admin


@pytest.fixture
def nothing_left(service: Served, caller: Api) -> Callable[[], None]:
    """Checks that a refusal has left no event."""
    before = service.events(caller.org)

    def check() -> None:
        assert service.events(caller.org) == before

    return check


@pytest.mark.parametrize("path", BODIES)
@pytest.mark.reaches("body_too_large")
def test_a_body_of_one_byte_too_many_is_refused(
    caller: Api, path: str, nothing_left: Callable[[], None]
) -> None:
    whole, in_pieces = padded(body_of(path), BODY_MAX + 1), [padded(body_of(path), BODY_MAX), b" "]
    for content in (whole, iter(in_pieces)):
        answer = caller.http.post(
            path,
            content=content,
            headers=caller.headers | {"Content-Type": JSON, "Idempotency-Key": f"of {path}"},
        )
        problem(answer, 413, "body_too_large", "body")
    nothing_left()
    assert caller.raw(path, padded(body_of(path), BODY_MAX), JSON).is_success


@pytest.mark.parametrize("path", [DEPOSITS, USAGE, HOLDS])  # of a batch, each item is
@pytest.mark.parametrize("depth", [DEPTH_MAX + 1, 10_000])
@pytest.mark.reaches("malformed_json")
def test_json_that_is_too_deep_is_refused(
    caller: Api, path: str, depth: int, nothing_left: Callable[[], None]
) -> None:
    for begin, end in ((b"[", b"]"), (b'{"a":', b"}")):
        content = begin * depth + b"1" + end * depth
        problem(caller.raw(path, content, JSON), 400, "malformed_json", "body")
    nothing_left()
    within = caller.raw(path, b"[" * DEPTH_MAX + b"]" * DEPTH_MAX, JSON)
    problem(within, 422, "invalid", "body")


def test_an_item_that_is_too_deep_is_the_only_one_that_is_refused(caller: Api) -> None:
    deep = b"[" * 10_000 + b"]" * 10_000
    items = b", ".join([json.dumps(line("beside what is deep")).encode(), deep])
    answer = done(caller.raw(BATCH, b'{"mode": "independent", "items": [%b]}' % items, JSON))
    assert [each["status"] for each in answer["results"]] == [201, 400]
    assert answer["results"][1]["problem"]["code"] == "malformed_json"


def test_a_batch_of_one_line_too_many_is_refused_whole(
    caller: Api, nothing_left: Callable[[], None]
) -> None:
    items = [line(f"of many {n}") for n in range(LINES_PER_EVENT_MAX + 1)]
    for mode in ("atomic", "independent"):
        refused = caller.send(BATCH, {"mode": mode, "items": items}, key=None)
        problem(refused, 422, "invalid", "items")
    nothing_left()
    done(caller.send(BATCH, {"mode": "atomic", "items": items[1:]}, key=None))


@pytest.mark.parametrize(
    "path", [TRANSACTIONS, HOLDS, "/v1/audit/events", "/v1/audit/refusals", "/v1/billing/alerts"]
)
def test_a_page_of_one_row_too_many_is_refused_and_not_cut(caller: Api, path: str) -> None:
    done(caller.get(path, limit=LIMIT_MAX))
    for limit in (LIMIT_MAX + 1, 10**30, -1):
        problem(caller.get(path, limit=limit), 422, "invalid", "limit")
    problem(caller.get(path, cursor="A" * (CURSOR_MAX + 1)), 422, "invalid_cursor", "cursor")
