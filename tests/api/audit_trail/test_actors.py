"""Who did it: every event says whose credential, which request and from where."""

from __future__ import annotations

import hashlib
import json

import psycopg

from ledger.kernel.canonical import base64url
from tests.api.served import Api, Json, Served, done


def actors(service: Served, org: str) -> list[Json]:
    """The actors of an org's events, in order."""
    with psycopg.connect(service.ends.database.owner) as connection:
        rows = connection.execute(
            "SELECT actor FROM tally.events WHERE org = %s ORDER BY sequence", [org]
        ).fetchall()
    return [json.loads(row[0]) for row in rows]


def origins(service: Served, org: str) -> dict[str, tuple[bytes, Json]]:
    """The stored origins of an org by digest."""
    with psycopg.connect(service.ends.database.owner) as connection:
        rows = connection.execute(
            "SELECT digest, salt, content FROM tally.texts WHERE org = %s AND kind = 'origin'",
            [org],
        ).fetchall()
    return {digest: (bytes(salt), json.loads(content)) for digest, salt, content in rows}


def test_an_event_names_credential_subject_and_request(service: Served) -> None:
    org = service.new_org()
    billing = service.issue(org, "billing", subject="bea")
    (key,) = done(service.operator.get(f"/v1/orgs/{org}/api-keys"))["data"]
    billing.headers["X-Request-Id"] = "request 7"
    billing.deposit("ada", "1")
    actor = actors(service, org)[-1]
    assert (actor["subject"], actor["key"], actor["request"]) == ("bea", key["id"], "request 7")
    opened = actors(service, org)[0]
    assert (opened["subject"], opened["key"]) == ("@operator", "environment")


def test_a_usage_line_names_its_credential(service: Served) -> None:
    org = service.new_org()
    gateway = service.issue(org, "gateway")
    (key,) = done(service.operator.get(f"/v1/orgs/{org}/api-keys"))["data"]
    assert done(gateway.use("ada", "1"))["usage"]["credential"] == key["id"]
    assert actors(service, org)[-1]["subject"] == "@service"


def test_an_origin_is_stored_once_a_caller_and_named_by_its_salted_digest(
    service: Served, admin: Api
) -> None:
    org = str(admin.org)
    for agent in ("one/1.0", "one/1.0", "two/2.0", "one/1.0"):
        admin.headers["User-Agent"] = agent
        admin.deposit("ada", "1")
    stored = origins(service, org)
    named = [actor["origin"] for actor in actors(service, org)]
    assert set(named) == set(stored)
    assert named[-1] == named[-3] == named[-4]
    assert {content["agent"] for _, content in stored.values()} >= {"one/1.0", "two/2.0"}
    for digest, (salt, content) in stored.items():
        text = json.dumps(content, separators=(",", ":"), sort_keys=True).encode()
        sealed = hashlib.sha256(b"tallystick text v1\n" + salt + text).digest()
        assert digest == base64url(sealed)
        assert content["address"] == "127.0.0.1"
