"""Cursors are made with a secret of the database: nobody else makes one, or learns from one."""

from __future__ import annotations

import hashlib
import hmac
from collections.abc import Callable

import msgspec
import pytest

from api.container import Endpoints
from api.queries.credits.transactions import Filters
from ledger.kernel.canonical import base64url, canonical, from_base64url
from tests.api.problems import problem
from tests.api.served import OPERATOR_KEY, Api, Served, done, served

TRANSACTIONS = "/v1/billing/transactions"
NAME = b"tallystick cursor v1\n"


def page(caller: Api) -> str:
    """The cursor after the first of three transactions."""
    for _ in range(3):
        caller.deposit("ada", "5")
    cursor: str = done(caller.get(TRANSACTIONS, limit=1))["next_cursor"]
    return cursor


def made(caller: Api, key: bytes, payload: bytes) -> str:
    """A cursor of that list, by who knows the key."""
    bound = canonical([caller.org, "transactions", msgspec.structs.asdict(Filters())])
    digest = hmac.new(key, b"%d\n%b%b" % (len(bound), bound, payload), hashlib.sha256).digest()
    return base64url(digest[:16] + payload)


@pytest.mark.parametrize("known", ["", OPERATOR_KEY])
def test_who_knows_the_operator_key_makes_no_cursor(
    service: Served, admin: Api, known: str
) -> None:
    """And so no cursor tells whether a guess of the key is right."""
    cursor = page(admin)
    payload = from_base64url(cursor)[16:]
    assert made(admin, service.service.cursor_key, payload) == cursor
    for key in (hashlib.sha256(NAME + known.encode()).digest(), known.encode()):
        answer = admin.get(TRANSACTIONS, cursor=made(admin, key, payload))
        problem(answer, 422, "invalid_cursor", "cursor")


@pytest.mark.parametrize("payload", [b"x", b"{", b"[]", b'{"a":1}', b"\xff\xfe", b"null"])
def test_what_does_not_decode_is_an_invalid_cursor(
    service: Served, admin: Api, payload: bytes
) -> None:
    key = service.service.cursor_key
    own = made(admin, key, from_base64url(page(admin))[16:])
    assert done(admin.get(TRANSACTIONS, cursor=own))["data"]
    answer = admin.get(TRANSACTIONS, cursor=made(admin, key, payload))
    problem(answer, 422, "invalid_cursor", "cursor")


def test_a_cursor_is_good_at_every_process_of_a_ledger_and_at_no_other(
    ends: Endpoints, new_endpoints: Callable[[], Endpoints], service: Served
) -> None:
    with served(ends, read_models=False) as second, served(new_endpoints()) as other:
        assert second.service.cursor_key == service.service.cursor_key
        assert other.service.cursor_key != service.service.cursor_key
        assert len(other.service.cursor_key) == 32
