"""Bad input of holds, corrections, transfers, caps and tiers: the field is named, no event."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from tests.api.bad_corrections import (
    ADJUSTMENT,
    ADJUSTMENTS,
    BAD_CAPS,
    BAD_CARDS,
    BAD_COMMANDS,
    BAD_TIERS,
    CAPTURE,
    CONVERSIONS,
    EXTEND,
    HOLD,
    HOLDS,
    REVERSE,
    SUSPEND,
    TRANSFER,
    TRANSFERS,
    ZAP,
)
from tests.api.bad_inputs import CARDS, encode
from tests.api.http.test_bad_input import names
from tests.api.problems import problem
from tests.api.served import Api, Json, Served, done

DAY_S = 24 * 3600


@pytest.fixture(scope="module")
def caller(service: Served) -> Api:
    return service.new_admin()


@pytest.fixture(scope="module")
def ids(caller: Api) -> dict[str, str]:
    """A debit and a hold to be wrong about."""
    caller.deposit("ada", "100")
    use = done(caller.use("ada", "5"))
    return {"transaction": use["id"], "hold": caller.hold("ada", "1", expires_in=3600)["id"]}


@pytest.fixture(autouse=True)
def nothing_recorded(service: Served, ids: dict[str, str], request: Any) -> Iterator[None]:
    """Whatever a test with a table sends leaves no event, in any org."""
    before = service.events()
    yield
    if "what" in request.fixturenames:
        assert service.events() == before


@pytest.mark.parametrize(("what", "path", "body", "field"), BAD_COMMANDS, ids=names(BAD_COMMANDS))
def test_a_bad_field_is_named(
    caller: Api, ids: dict[str, str], what: str, path: str, body: dict[str, Any], field: str
) -> None:
    response = caller.raw(path.format(**ids), encode(body), "application/json")
    problem(response, 422, "invalid", field)


@pytest.mark.parametrize(("what", "body", "field"), BAD_CAPS, ids=names(BAD_CAPS))
def test_a_bad_cap_is_named(caller: Api, what: str, body: Any, field: str) -> None:
    problem(caller.send("/v1/billing/caps", body, method="PUT"), 422, "invalid", field)


@pytest.mark.parametrize(("what", "price", "field"), BAD_TIERS, ids=names(BAD_TIERS))
def test_a_bad_tier_is_named(caller: Api, what: str, price: Json, field: str) -> None:
    response = caller.send(CARDS, {"prices": [price]}, method="PUT")
    problem(response, 422, "invalid", f"prices.0.{field}")


@pytest.mark.parametrize(("what", "body", "field"), BAD_CARDS, ids=names(BAD_CARDS))
def test_a_bad_card_is_named(caller: Api, what: str, body: Json, field: str) -> None:
    problem(caller.send(CARDS, body, method="PUT"), 422, "invalid", field)


@pytest.mark.parametrize(
    ("what", "body"),
    [
        (HOLDS, HOLD),
        (CAPTURE, {"amount": 1}),
        (HOLDS + "/{hold}/release", None),
        (EXTEND, {"expires_in": 9999}),
        (TRANSFERS, TRANSFER),
        (CONVERSIONS, {"user": "ada", "amount": 1}),
        (ADJUSTMENTS, ADJUSTMENT),
        (ZAP, {"user": "ada", "reason": "x"}),
        (REVERSE, {"reason": "x"}),
        (SUSPEND, {"reason": "x"}),
    ],
)
def test_a_command_without_an_idempotency_key_is_refused(
    caller: Api, ids: dict[str, str], what: str, body: Any
) -> None:
    response = caller.send(what.format(**ids), body, key=None)
    problem(response, 400, "missing_input", "Idempotency-Key")


@pytest.mark.parametrize("what", ["hold_000000000000000000000000", "x", "%00", "hold_1"])
def test_a_hold_that_is_not_there_is_a_problem(caller: Api, what: str) -> None:
    path = f"{HOLDS}/{what}"
    problem(caller.get(path), 404, "not_found", "id")
    problem(caller.send(f"{path}/release"), 404, "not_found", "id")
    problem(caller.send(f"{path}/capture", {"amount": 1}), 404, "not_found", "id")


def test_a_capture_over_a_day_after_expiry_is_refused(service: Served) -> None:
    admin = service.new_admin()
    admin.deposit("ada", "10")
    path = f"{HOLDS}/{admin.hold('ada', '1', expires_in=60)['id']}"
    late = f"{HOLDS}/{admin.hold('ada', '1', expires_in=120)['id']}"
    service.let_pass(str(admin.org), DAY_S + 90)
    before = service.events()
    problem(admin.send(f"{path}/capture", {"amount": 1}), 409, "conflict", "id")
    assert service.events() == before
    assert done(admin.send(f"{late}/capture", {"amount": 1}))["hold"]["status"] == "captured"
    problem(admin.send(f"{path}/capture", {"amount": 1}), 409, "conflict", "id")
    assert done(admin.get(path))["status"] == "expired"
