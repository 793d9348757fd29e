"""The keys of an issuer, over real HTTP: only what verifies signatures, of whom was asked."""

from __future__ import annotations

import asyncio
import socket
from collections.abc import Callable, Iterator
from typing import Any

import pytest

from adapters.embedded.issuer import DevelopmentIssuer
from adapters.oidc_keys import ANSWER_MAX, OidcKeys
from ledger.tenancy.ports import KeysNotGiven, NotVerified, PublicKey

ALGORITHMS = ("ES256", "ES384", "ES512", "RS256", "PS512", "Ed25519", "EdDSA")


class Answering(DevelopmentIssuer):
    """An issuer whose documents a test writes itself."""

    def __init__(self) -> None:
        super().__init__()
        self.documents: dict[str, Any] = {}

    def document(self, path: str) -> Any:
        return self.documents.get(path, super().document(path))


@pytest.fixture(scope="module")
def served() -> Iterator[Answering]:
    with Answering().served() as running:
        yield running  # type: ignore[misc]  # as it was made


@pytest.fixture
def issuer(served: Answering) -> Answering:
    served.documents = {}
    return served


def keys_of(issuer: Answering, jwks_url: str | None = None) -> dict[str, PublicKey]:
    return dict(asyncio.run(OidcKeys(issuer.url, jwks_url).keys()))


@pytest.mark.parametrize("algorithm", ALGORITHMS)
def test_a_key_verifies_what_it_signed_by_its_own_algorithm_and_nothing_else(
    algorithm: str,
) -> None:
    with DevelopmentIssuer(algorithm).served() as issuer:
        (key,) = asyncio.run(OidcKeys(issuer.url, None).keys()).values()
        token = issuer.token()
        key.verify(token, algorithm)
        for other in {*ALGORITHMS} - {algorithm}:
            with pytest.raises(NotVerified):
                key.verify(token, other)
        head, claims, signature = token.split(".")
        for changed in (
            f"{head}.{claims}A.{signature}",
            f"{head}.{claims}.",
            f"{head}..{signature}",
        ):
            with pytest.raises(NotVerified):
                key.verify(changed, algorithm)


def test_what_is_no_key_for_signatures_is_passed_over(issuer: Answering) -> None:
    good = issuer.public(issuer.key_id)
    weak = {**new_weak(), "kid": "weak"}
    secret = {"kty": "oct", "k": "c2VjcmV0", "kid": "secret", "use": "sig"}
    others = [
        *(weak, secret, {**good, "kid": "enc", "use": "enc"}, {**good, "kid": 7}),
        *({**good, "kid": "point", "x": "AA"}, {"kty": "PQ", "kid": "later"}, "key", None),
        {name: each for name, each in good.items() if name != "kid"},
    ]
    issuer.documents["/keys"] = {"keys": [*others, good]}
    assert [*keys_of(issuer)] == [issuer.key_id]


def new_weak() -> dict[str, Any]:
    from joserfc.jwk import RSAKey  # noqa: PLC0415  # it warns of what is made here

    with pytest.warns():
        return dict(RSAKey.generate_key(1024).as_dict(private=False))


BAD: dict[str, Callable[[Answering], dict[str, Any]]] = {
    "another issuer's document": lambda _: {
        "/.well-known/openid-configuration": {"issuer": "https://else", "jwks_uri": "https://else"}
    },
    "no jwks_uri": lambda i: {"/.well-known/openid-configuration": {"issuer": i.url}},
    "keys in a file": lambda i: {
        "/.well-known/openid-configuration": {"issuer": i.url, "jwks_uri": "file:///etc/passwd"}
    },
    "a list": lambda _: {"/keys": []},
    "no keys": lambda _: {"/keys": {"keyz": []}},
    "too many": lambda _: {"/keys": {"keys": [{}] * 101}},
    "too much": lambda _: {"/keys": {"keys": [], "more": "x" * ANSWER_MAX}},
}


@pytest.mark.parametrize("what", BAD)
def test_what_is_no_set_of_keys_gives_none(issuer: Answering, what: str) -> None:
    issuer.documents = BAD[what](issuer)
    with pytest.raises(KeysNotGiven):
        keys_of(issuer)


def test_an_issuer_that_does_not_answer_gives_none(issuer: Answering) -> None:
    with pytest.raises(KeysNotGiven, match="404"):
        keys_of(issuer, f"{issuer.url}/nothing")
    with socket.create_server(("127.0.0.1", 0)) as silent:
        url = f"http://127.0.0.1:{silent.getsockname()[1]}"
        with pytest.raises(KeysNotGiven, match="within"):
            asyncio.run(OidcKeys(url, None, patience_s=0.05).keys())
    with pytest.raises(KeysNotGiven, match="does not answer"):
        asyncio.run(OidcKeys(url, None).keys())
