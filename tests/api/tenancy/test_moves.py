"""Placing orgs in shards and moving them: an operator does, and what cannot be is said."""

from __future__ import annotations

import psycopg
import pytest

from tests.api.problems import problem
from tests.api.served import Served, done


def place_of(service: Served, org: str) -> int:
    with psycopg.connect(service.ends.database.owner) as connection:
        query = "SELECT shard FROM tally.heads WHERE org = %s"
        ((shard,),) = connection.execute(query, [org]).fetchall()
        return int(shard)


def test_an_org_is_moved_once_for_a_key(service: Served) -> None:
    org = service.new_org()
    path = f"/v1/orgs/{org}/move"
    first = service.operator.send(path, {"shard": 2}, key="k")
    again = service.operator.send(path, {"shard": 2}, key="k")
    assert (done(first)["id"], done(first)["shard"]) == (org, 2)
    assert again.json() == first.json()
    assert again.headers["Idempotency-Replayed"] == "true"
    assert place_of(service, org) == 2
    problem(
        service.operator.send(path, {"shard": 3}, key="k"),
        422,
        "idempotency_key_reused",
        "Idempotency-Key",
    )
    problem(service.operator.send(path, {"shard": 2}), 409, "conflict", "shard")
    assert place_of(service, org) == 2


def test_an_org_begins_in_the_shard_that_is_named(service: Served) -> None:
    org = service.new_org(shard=31)
    assert place_of(service, org) == 31
    assert place_of(service, service.new_org()) == 1


@pytest.mark.parametrize("shard", [0, 32, -1, 2**63, 1.5, "2", True, None, [2]])
def test_a_shard_that_there_cannot_be_is_refused(service: Served, shard: object) -> None:
    org = service.new_org()
    answer = service.operator.send(f"/v1/orgs/{org}/move", {"shard": shard})
    problem(answer, 422, "invalid", "shard")
    assert place_of(service, org) == 1


def test_the_platform_and_orgs_that_are_not_there_are_not_moved(service: Served) -> None:
    move = {"shard": 2}
    problem(service.operator.send("/v1/orgs/platform/move", move), 409, "conflict", "org")
    problem(service.operator.send("/v1/orgs/nobody/move", move), 404, "not_found", "org")


@pytest.mark.parametrize("role", ["admin", "billing", "gateway", "auditor"])
@pytest.mark.reaches("forbidden")
def test_only_an_operator_moves_an_org(service: Served, role: str) -> None:
    org = service.new_org()
    answer = service.issue(org, role).send(f"/v1/orgs/{org}/move", {"shard": 2})
    problem(answer, 403, "forbidden", None)
    assert place_of(service, org) == 1
