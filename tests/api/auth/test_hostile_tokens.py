"""Tokens that nobody should have: each is refused as any other, and nothing is recorded."""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
import time
from collections.abc import Callable, Iterator

import pytest

from adapters.embedded.issuer import DevelopmentIssuer, new_key
from api.container import Endpoints
from api.http.auth.tokens import TOKEN_MAX
from tests.api.auth.tokens import Trusting, trusting
from tests.api.problems import problem
from tests.api.served import done

NOW = int(time.time())
Made = Callable[[Trusting], str]


@pytest.fixture(scope="module")
def world(ends: Endpoints) -> Iterator[Trusting]:
    with trusting(ends) as made:
        done(made.caller(made.token()).use("ada", "1"))
        yield made


def part(value: object) -> str:
    text = value if isinstance(value, bytes) else json.dumps(value).encode()
    return base64.urlsafe_b64encode(text).decode().rstrip("=")


def unsigned(world: Trusting, header: dict[str, object], signature: str = "") -> str:
    return f"{part(header)}.{part(world.claims())}.{signature}"


def by_hmac(world: Trusting) -> str:
    """Signed by the public key, as if it were a secret that both have."""
    signed = unsigned(world, {"alg": "HS256", "kid": world.issuer.key_id})[:-1]
    public = world.issuer.keys[world.issuer.key_id].as_pem(private=False)
    return f"{signed}.{part(hmac.digest(public, signed.encode(), hashlib.sha256))}"


def with_header(**header: object) -> Made:
    return lambda world: world.issuer.signed(world.claims(), header)


def with_claims(**claims: object) -> Made:
    return lambda world: world.token(**claims)


def twice(name: str, value: object) -> Made:
    """A claim given twice: readers differ on which of them counts."""
    return lambda world: world.issuer.signed(
        world.claims()[:-1] + f", {json.dumps(name)}: {json.dumps(value)}}}".encode()
    )


def with_header_twice(world: Trusting) -> str:
    header = b'{"alg": "none", "alg": "ES256", "kid": "%s"}' % world.issuer.key_id.encode()
    _, claims, signature = world.token().split(".")
    return f"{part(header)}.{claims}.{signature}"


def by_a_key_of_its_own(world: Trusting) -> str:
    """It brings the key along that it is signed with."""
    key = new_key("ES256")
    return world.issuer.signed(world.claims(), {"jwk": key.as_dict(private=False)}, key)


def by_another_issuer(world: Trusting) -> str:
    """Another issuer that is trusted, too, says to be this one."""
    return world.other.signed(world.claims(), {"kid": world.issuer.key_id})


def changed(world: Trusting) -> str:
    header, _, signature = world.token().split(".")
    return f"{header}.{part(world.claims(sub='root'))}.{signature}"


def of_nobody(world: Trusting) -> str:
    stranger = DevelopmentIssuer()
    stranger.url = "https://issuer.example"
    return stranger.token(org=world.org, roles=["admins"])


def with_padding(world: Trusting) -> str:
    header, claims, signature = world.token().split(".")
    return f"{header}=.{claims}.{signature}"


HOSTILE: dict[str, Made] = {
    "no algorithm": lambda world: unsigned(world, {"alg": "none", "kid": world.issuer.key_id}),
    "no algorithm, spelt": lambda w: unsigned(w, {"alg": "nOnE", "kid": w.issuer.key_id}, "AA"),
    "no signature": lambda world: world.token().rpartition(".")[0] + ".",
    "a signature of nothing": lambda w: unsigned(w, {"alg": "ES256", "kid": w.issuer.key_id}, "AA"),
    "a secret that both have": by_hmac,
    "an algorithm that is not listed": lambda w: unsigned(
        w, {"alg": "ES384", "kid": w.issuer.key_id}, "AAAA"
    ),
    "an algorithm of another key": lambda w: unsigned(
        w, {"alg": "RS256", "kid": w.issuer.key_id}, "AAAA"
    ),
    "an algorithm that is a list": lambda w: unsigned(
        w, {"alg": ["ES256"], "kid": w.issuer.key_id}, "AAAA"
    ),
    "its own key": by_a_key_of_its_own,
    "another issuer": by_another_issuer,
    "changed claims": changed,
    "an issuer of nobody": of_nobody,
    "a key that is a path": with_header(kid="../../../../dev/null"),
    "a key that is a query": with_header(kid="' OR '1'='1"),
    "a key of zeros": with_header(kid="\0"),
    "a long key": with_header(kid="k" * 300),
    "a key that is a number": lambda world: unsigned(world, {"alg": "ES256", "kid": 1}, "AA"),
    "no key": lambda world: unsigned(world, {"alg": "ES256"}, "AA"),
    "critical headers": with_header(crit=["kid"]),
    "unencoded": with_header(b64=False, crit=["b64"]),
    "another type": with_header(typ="logout+jwt"),
    "header twice": with_header_twice,
    "claims twice": twice("sub", "root"),
    "an org twice": twice("org", "platform"),
    "padding": with_padding,
    "no issuer": with_claims(iss=None),
    "a list of issuers": lambda world: world.token(iss=[world.issuer.url]),
    "an issuer with a slash": lambda world: world.token(iss=world.issuer.url + "/"),
    "no audience": with_claims(aud=None),
    "another audience": with_claims(aud="else"),
    "a part of the audience": with_claims(aud="tally"),
    "audiences within each other": with_claims(aud=[["tallystick"]]),
    "no end": with_claims(exp=None),
    "an end that is a text": with_claims(exp=str(NOW + 600)),
    "an end that is true": with_claims(exp=True),
    "an end past all time": with_claims(exp=10**30),
    "not valid yet": with_claims(nbf=NOW + 3600),
    "issued later": with_claims(iat=NOW + 3600),
    "issued before time": with_claims(iat=-1),
    "no role": with_claims(roles=None),
    "another's roles": with_claims(roles=["operator", "admin"]),
    "roles within each other": with_claims(roles=[["admins"]]),
    "roles by name": with_claims(roles={"admins": True}),
    "no subject": with_claims(sub=None),
    "an empty subject": with_claims(sub=""),
    "a subject that is a number": with_claims(sub=7),
    "the pool": with_claims(sub="@pool"),
    "a subject with a line": with_claims(sub="a\nb"),
    "an address": with_claims(sub="ann@example.com"),
    "a huge one": with_claims(more="x" * TOKEN_MAX),
    "a deep one": lambda world: world.issuer.signed(b"[" * 5000 + b"]" * 5000),
    "within claims": lambda world: world.issuer.signed(
        world.claims()[:-1] + b', "deep": ' + b'{"a":' * 40 + b"1" + b"}" * 40 + b"}"
    ),
    "a list": lambda world: world.issuer.signed(b'["org"]'),
    "no JSON": lambda world: world.issuer.signed(b"{'org': 'acme'}"),
    "no text": lambda world: world.issuer.signed(b"\xff\xfe"),
    "nothing at all": lambda world: "..",
    "not base64": lambda world: "!.!.!",
}


@pytest.mark.parametrize("what", HOSTILE)
def test_a_hostile_token_is_refused_and_nothing_is_recorded(world: Trusting, what: str) -> None:
    caller = world.caller(HOSTILE[what](world))
    before = world.service.events()
    for answer in (caller.use("ada", "1"), caller.get("/v1/billing/rate-cards")):
        problem(answer, 401, "unauthenticated", "Authorization")
    assert world.service.events() == before


def test_an_expired_token_is_told_so_only_where_its_signature_is_right(world: Trusting) -> None:
    ended = world.token(exp=NOW - 3600)
    problem(world.caller(ended).get("/v1/orgs"), 401, "credential_expired", "Authorization")
    header, claims, signature = ended.split(".")
    forged = f"{header}.{claims}.{signature[::-1]}"
    problem(world.caller(forged).get("/v1/orgs"), 401, "unauthenticated", "Authorization")
    just_now = world.caller(world.token(exp=int(time.time()) - 10))
    done(just_now.get("/v1/orgs"))


def test_where_no_issuer_is_named_a_token_is_a_secret_like_any_other(
    world: Trusting, ends: Endpoints
) -> None:
    service = world.service
    secret = service.as_holder_of("a.b")
    problem(secret.get("/v1/orgs"), 401, "unauthenticated", "Authorization")
    refused = service.http.get("/v1/orgs", headers={"Authorization": f"Basic {world.token()}"})
    problem(refused, 401, "unauthenticated", "Authorization")
