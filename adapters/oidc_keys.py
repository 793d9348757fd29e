"""OIDC keys: those of an issuer, by its discovery document or at a URL, as `joserfc` verifies with
them."""

from __future__ import annotations

import asyncio
import warnings
from collections.abc import Mapping
from typing import Any

import httpx
import msgspec
from joserfc import jws
from joserfc.errors import JoseError, SecurityWarning
from joserfc.jwk import ECKey, OKPKey, RSAKey

from ledger.kernel.decoding import decoded
from ledger.tenancy.ports import KeysNotGiven, NotVerified, PublicKey

DISCOVERY = "/.well-known/openid-configuration"
PATIENCE_S = 5.0
"""How long an answer may take, all of it."""

ANSWER_MAX = 512 * 1024
KEYS_MAX = 100
RSA_BITS_MIN = 2048
SIGNATURE_MAX = 2048

_TYPES: dict[str, type[RSAKey | ECKey | OKPKey]] = {"RSA": RSAKey, "EC": ECKey, "OKP": OKPKey}
"""The types of keys whose public part verifies and cannot sign."""

_FAMILIES = {"RS": "RSA", "PS": "RSA", "ES": "EC", "Ed": "OKP"}
_CURVES = {"ES256": "P-256", "ES384": "P-384", "ES512": "P-521"}


class JoseKey:
    """A public key of an issuer."""

    def __init__(self, key: RSAKey | ECKey | OKPKey, algorithm: str | None) -> None:
        self._key = key
        self._algorithm = algorithm
        self.thumbprint = f"{key.thumbprint()} {algorithm}"

    def verify(self, token: str, algorithm: str) -> None:
        if not self._is_for(algorithm):
            raise NotVerified("the key is for another algorithm.")
        registry = jws.JWSRegistry(algorithms=[algorithm], strict_check_header=False)
        registry.max_header_length = registry.max_payload_length = len(token)
        registry.max_signature_length = SIGNATURE_MAX
        try:
            with warnings.catch_warnings(action="ignore", category=SecurityWarning):
                jws.deserialize_compact(token, self._key, registry=registry)
        except (JoseError, ValueError, TypeError) as error:
            raise NotVerified(type(error).__name__) from None

    def _is_for(self, algorithm: str) -> bool:
        """Tell whether an algorithm uses keys of this type, and this one if it says which."""
        if _FAMILIES[algorithm[:2]] != self._key.key_type:
            return False
        curve = _CURVES.get(algorithm)
        if curve is not None and self._key.as_dict(private=False).get("crv") != curve:
            return False
        return self._algorithm in (None, algorithm)


class OidcKeys:
    """The keys of one issuer, fetched when they are asked for."""

    def __init__(self, issuer: str, jwks_url: str | None, patience_s: float = PATIENCE_S) -> None:
        self._issuer = issuer
        self._jwks_url = jwks_url
        self._patience_s = patience_s

    async def keys(self) -> Mapping[str, PublicKey]:
        try:
            async with (
                asyncio.timeout(self._patience_s),
                httpx.AsyncClient(timeout=self._patience_s, follow_redirects=False) as client,
            ):
                url = self._jwks_url or await self._discovered(client)
                return _keys_of(await _fetched(client, url))
        except TimeoutError:
            raise KeysNotGiven(f"it does not answer within {self._patience_s:g} s.") from None
        except (httpx.HTTPError, httpx.InvalidURL, OSError, ValueError) as error:
            raise KeysNotGiven(f"it does not answer: {type(error).__name__}.") from None

    async def _discovered(self, client: httpx.AsyncClient) -> str:
        """Return where an issuer says that its keys are, if the document is its own."""
        document = await _fetched(client, self._issuer.rstrip("/") + DISCOVERY)
        if document.get("issuer") != self._issuer:
            raise KeysNotGiven("its discovery document is of another issuer.")
        url = document.get("jwks_uri")
        if not isinstance(url, str) or not url.startswith(("https://", "http://")):
            raise KeysNotGiven("its discovery document names no jwks_uri.")
        if self._issuer.startswith("https://") and not url.startswith("https://"):
            raise KeysNotGiven("its keys would come over a line that anyone can write to.")
        return url


async def _fetched(client: httpx.AsyncClient, url: str) -> dict[str, Any]:
    """Return the JSON object at a URL, which must not be large."""
    content = bytearray()
    async with client.stream("GET", url, headers={"Accept": "application/json"}) as answer:
        if answer.status_code != httpx.codes.OK:
            raise KeysNotGiven(f"it answered {answer.status_code}.")
        async for part in answer.aiter_bytes():
            content += part
            if len(content) > ANSWER_MAX:
                raise KeysNotGiven(f"it answered more than {ANSWER_MAX} bytes.")
    try:
        return decoded(content, dict[str, Any])
    except msgspec.DecodeError:
        raise KeysNotGiven("it answered no JSON object.") from None


def _keys_of(document: dict[str, Any]) -> dict[str, PublicKey]:
    """Return the keys of a set that verify signatures; what else it holds is passed over."""
    given = document.get("keys")
    if not isinstance(given, list) or len(given) > KEYS_MAX:
        raise KeysNotGiven(f"it answered no set of at most {KEYS_MAX} keys.")
    found: dict[str, PublicKey] = {}
    for each in given:
        key = _key_of(each) if isinstance(each, dict) else None
        if key is not None:
            found.setdefault(each["kid"], key)
    return found


def _key_of(given: dict[str, Any]) -> PublicKey | None:
    """Return a key that is meant for signatures, has an id, and is not too weak."""
    kind, algorithm = _TYPES.get(str(given.get("kty"))), given.get("alg")
    is_ours = given.get("use", "sig") == "sig" and isinstance(given.get("kid"), str)
    if kind is None or not is_ours or not isinstance(algorithm, str | None):
        return None
    try:
        with warnings.catch_warnings(action="ignore", category=SecurityWarning):
            key = kind.import_key({name: each for name, each in given.items() if name != "key_ops"})
        if isinstance(key, RSAKey) and key.public_key.key_size < RSA_BITS_MIN:
            return None
        return JoseKey(key, algorithm)
    except (JoseError, ValueError, TypeError):
        return None
