"""Two service processes on one database: exact, and nobody overspends."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterator
from pathlib import Path

import aiohttp
import pytest

from api.container import Endpoints
from api.demo.service import Service, service
from api.verification.verify import verify

ORG = "shared"
CLIENTS = 8
DEBITS_EACH = 60
NEITHER = ("--no-projections", "--no-seal")
"""What follows is not the matter here; sealing one database would need one set of keys."""


@pytest.fixture
def ends(new_endpoints: Callable[[], Endpoints]) -> Endpoints:
    """Databases of the test's own: a service over what nobody has signed for a minute is not
    ready."""
    return new_endpoints()


@pytest.fixture
def services(ends: Endpoints, tmp_path: Path) -> Iterator[tuple[Service, Service]]:
    environment = {
        "TALLY_DATABASE_URL": ends.database.owner,
        "TALLY_CLICKHOUSE_URL": ends.clickhouse_url,
    }
    with (
        service(tmp_path / "one", *NEITHER, environment=environment) as one,
        service(tmp_path / "two", *NEITHER, environment=environment) as two,
    ):
        yield one, two


async def _debit(url: str, key: str, name: str, body: dict[str, object]) -> list[int]:
    """Statuses of debits posted one after the other."""
    statuses = []
    headers = {"Authorization": f"Bearer {key}"}
    async with aiohttp.ClientSession(url, headers=headers) as session:
        for number in range(DEBITS_EACH):
            line = body | {"id": f"{name}.{number}"}
            async with session.post("/v1/billing/usage", json=line) as response:
                statuses.append(response.status)
                assert response.status in (201, 402), await response.text()
    return statuses


async def _debit_from_both(
    services: tuple[Service, Service], key: str, body: dict[str, object]
) -> list[int]:
    statuses = await asyncio.gather(
        *(
            _debit(each.url, key, f"{body['user']}.{place}.{client}", body)
            for place, each in enumerate(services)
            for client in range(CLIENTS)
        )
    )
    return [status for some in statuses for status in some]


def test_the_sum_is_exact_and_nobody_overspends(
    services: tuple[Service, Service], ends: Endpoints
) -> None:
    one, two = services
    one.call("POST", "/v1/orgs", {"id": ORG, "name": "Shared"})
    body: dict[str, object] = {"name": "gateway", "role": "gateway"}
    key = str(one.call("POST", f"/v1/orgs/{ORG}/api-keys", body)["secret"])
    one.call("POST", "/v1/billing/deposits", {"user": "spends", "amount": 1000}, org=ORG)
    two.call("POST", "/v1/billing/deposits", {"user": "limited", "amount": 100}, org=ORG)
    debits = 2 * CLIENTS * DEBITS_EACH

    recorded = asyncio.run(_debit_from_both(services, key, {"user": "spends", "amount": "2.5"}))
    rejecting: dict[str, object] = {"user": "limited", "amount": 3, "on_shortfall": "reject"}
    admitted = asyncio.run(_debit_from_both(services, key, rejecting))

    assert recorded == [201] * debits
    assert sorted(admitted) == [201] * 33 + [402] * (debits - 33)
    for each in services:
        spends = each.call("GET", "/v1/billing/balance?user=spends", org=ORG)
        limited = each.call("GET", "/v1/billing/balance?user=limited", org=ORG)
        assert (spends["available"], spends["debt"]) == ("0", "1400")
        assert (limited["available"], limited["debt"]) == ("1", "0")
    report = verify(ends)
    assert report.exit_code == 0, report.as_dict()


async def _use(url: str, key: str, place: int) -> int:
    """What one of eight users' line of one unit was priced after."""
    body = {"id": f"u{place}", "user": f"m{place % 8}", "model": "m", "quantities": {"calls": 1}}
    headers = {"Authorization": f"Bearer {key}"}
    async with (
        aiohttp.ClientSession(url, headers=headers) as session,
        session.post("/v1/billing/usage", json=body) as response,
    ):
        assert response.status == 201, await response.text()
        answer = await response.json()
        before: int = answer["usage"]["rate"]["used_before"]["calls"]
        return before


async def _use_at_both(services: tuple[Service, Service], key: str) -> list[int]:
    used = (_use(services[n % 2].url, key, n) for n in range(64))
    return await asyncio.gather(*used)


@pytest.mark.slow
def test_lines_sent_to_two_services_are_priced_after_each_other(
    services: tuple[Service, Service], ends: Endpoints
) -> None:
    """Every place of the month is some line's, once."""
    one, two = services
    one.call("POST", "/v1/orgs", {"id": "monthly", "name": "Monthly"})
    body: dict[str, object] = {"name": "gateway", "role": "gateway"}
    key = str(one.call("POST", "/v1/orgs/monthly/api-keys", body)["secret"])
    tiers = [{"up_to": 10, "price": "3"}, {"price": "1"}]
    price = {"model": "m", "meter": "calls", "per": 1, "mode": "graduated", "tiers": tiers}
    price |= {"tier_scope": "month", "tier_over": "org"}
    two.call("PUT", "/v1/billing/rate-cards", {"prices": [price]}, org="monthly")

    assert sorted(asyncio.run(_use_at_both(services, key))) == list(range(64))
    report = verify(ends)
    assert report.exit_code == 0, report.as_dict()


async def _hold(url: str, key: str, name: str) -> int:
    """The status of a hold of 7 of the members' own credit."""
    headers = {"Authorization": f"Bearer {key}", "Idempotency-Key": name}
    body = {"user": "spends", "amount": 7, "project": "p"}
    async with (
        aiohttp.ClientSession(url, headers=headers) as session,
        session.post("/v1/billing/holds", json=body) as response,
    ):
        assert response.status in (201, 402), await response.text()
        return response.status


async def _hold_at_both(services: tuple[Service, Service], key: str) -> list[int]:
    asked = (_hold(services[n % 2].url, key, f"hold {n}") for n in range(64))
    return await asyncio.gather(*asked)


@pytest.mark.slow
def test_holds_placed_with_two_services_do_not_pass_a_cap_together(
    services: tuple[Service, Service], ends: Endpoints
) -> None:
    one, two = services
    one.call("POST", "/v1/orgs", {"id": "capped", "name": "Capped"})
    body: dict[str, object] = {"name": "gateway", "role": "gateway"}
    key = str(one.call("POST", "/v1/orgs/capped/api-keys", body)["secret"])
    two.call("POST", "/v1/billing/deposits", {"user": "spends", "amount": 1000}, org="capped")
    cap = {"id": "c", "limit": 100, "period": "month", "hard": True, "scope": {"project": "p"}}
    one.call("PUT", "/v1/billing/caps", {"caps": [cap]}, org="capped")

    statuses = asyncio.run(_hold_at_both(services, key))

    assert sorted(statuses) == [201] * 14 + [402] * 50
    for each in services:
        (shown,) = each.call("GET", "/v1/billing/caps", org="capped")["data"]
        assert [each["held"] for each in shown["counters"]] == ["98"]
    report = verify(ends)
    assert report.exit_code == 0, report.as_dict()
