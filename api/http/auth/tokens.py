"""Tokens: JWTs of issuers that the operator named, as credentials of this ledger.

What a token says is believed only after its signature: until then it chooses the issuer and the key
that it must have been signed with, and nothing else. The rules are those of RFC 8725.
"""

from __future__ import annotations

import asyncio
import base64
import binascii
import hashlib
import re
import time
from collections.abc import Callable, Mapping, Sequence
from typing import Any, NamedTuple

from api.http.auth.issuer_keys import REFRESHED_S, IssuerKeys
from api.http.errors import MalformedJson
from api.http.json_body import NotJson, value_of
from api.issuers import ClaimPath, Issuer, Subjects
from api.queries.tenancy.directory import Credential
from ledger.kernel.errors import CredentialExpired, Unauthenticated
from ledger.kernel.ids import ORG_PATTERN, PLATFORM, USER_PATTERN
from ledger.kernel.times import format_time
from ledger.ports import Clock
from ledger.tenancy.ports import KeySource, NotVerified

TOKEN_MAX = 16 * 1024
"""Characters of a token."""

KEY_ID_MAX = 256
TIME_MAX_S = 253_402_300_799
"""The end of the year 9999."""

TYPES = (None, "jwt", "at+jwt", "application/at+jwt")
"""What a header may say that a token is."""

_BASE64URL = re.compile(r"[A-Za-z0-9_-]+")
_ORG = re.compile(ORG_PATTERN)
_USER = re.compile(USER_PATTERN)
_SECOND_US = 1_000_000

Claims = Mapping[str, Any]


class _Token(NamedTuple):
    """A token that was read, and not verified."""

    text: str
    algorithm: str
    key_id: str
    claims: Claims


class Tokens:
    """Turns tokens into credentials. Used by the event loop alone."""

    def __init__(
        self,
        issuers: Mapping[str, Issuer],
        sources: Callable[[Issuer], KeySource],
        clock: Clock,
        monotonic: Callable[[], float] = time.monotonic,
    ) -> None:
        self._issuers = issuers
        self._clock = clock
        self._monotonic = monotonic
        self._lost_at: dict[str, float] = {}
        self._keys = {
            each.issuer: IssuerKeys(
                each.name, sources(each), monotonic, self._forgetting(each.credential)
            )
            for each in issuers.values()
        }

    def may_be(self, secret: str) -> bool:
        """Tell whether a secret looks like a token, where there are issuers of any."""
        return bool(self._issuers) and secret.count(".") == 2

    async def follow(self) -> None:
        """Ask for the keys of all issuers now and then, for ever."""
        while True:
            await asyncio.gather(*(each.refresh() for each in self._keys.values()))
            await asyncio.sleep(REFRESHED_S)

    def is_known(self, credential: Credential) -> bool:
        """Tell whether the keys of a token's issuer are still those it was verified with."""
        return self._lost_at.get(credential.key, 0.0) < credential.asked_at

    def _forgetting(self, credential: str) -> Callable[[], None]:
        def forget() -> None:
            self._lost_at[credential] = self._monotonic()

        return forget

    async def of(self, text: str) -> Credential:
        """Return the credential that a token is. Raises Unauthenticated or IssuerUnavailable."""
        token = _read(text)
        name = token.claims.get("iss")
        issuer = self._issuers.get(name) if isinstance(name, str) else None
        if issuer is None:
            raise _refused("its issuer is none of this ledger's")
        asked_at = self._monotonic()
        await self._verify(token, issuer)
        expires_us = self._end_of(token.claims, issuer)
        _check_audience(token.claims, issuer)
        org = _org_of(token.claims, issuer)
        return Credential(
            org,
            issuer.credential,
            _role_of(token.claims, issuer),
            _subject_of(token.claims, issuer),
            expires_us,
            asked_at=asked_at,
            is_token=True,
        )

    async def _verify(self, token: _Token, issuer: Issuer) -> None:
        if token.algorithm not in issuer.algorithms:
            raise _refused("it is signed by an algorithm that its issuer does not use")
        key = await self._keys[issuer.issuer].find(token.key_id)
        if key is None:
            raise _refused("its issuer has no key of that id")
        try:
            key.verify(token.text, token.algorithm)
        except NotVerified:
            raise _refused("its signature is not of its issuer") from None

    def _end_of(self, claims: Claims, issuer: Issuer) -> int:
        """Return when a token expires, unless it has, or does not count yet."""
        now_us, skew_us = self._clock(), issuer.clock_skew_s * _SECOND_US
        expires_us = _time_of(claims, "exp")
        if expires_us is None:
            raise _refused("it says no exp: when it expires")
        if expires_us + skew_us <= now_us:
            raise CredentialExpired(
                f"this token has expired at {format_time(expires_us)}.", field="Authorization"
            )
        for claim in ("nbf", "iat"):
            begins_us = _time_of(claims, claim)
            if begins_us is not None and begins_us - skew_us > now_us:
                raise _refused(f"it does not count yet: its {claim} is in the future")
        return expires_us + skew_us


def _refused(why: str) -> Unauthenticated:
    return Unauthenticated(f"this token is not taken: {why}.", field="Authorization")


def _read(text: str) -> _Token:
    """Return a token as it is written. Raises Unauthenticated."""
    if len(text) > TOKEN_MAX:
        raise _refused(f"it has more than {TOKEN_MAX} characters")
    header, claims, _ = text.split(".")
    says, claimed = _object(header), _object(claims)
    algorithm, key_id, kind = says.get("alg"), says.get("kid"), says.get("typ")
    if "crit" in says or "b64" in says:
        raise _refused("its header asks for what is not understood here")
    if kind is not None and (not isinstance(kind, str) or kind.lower() not in TYPES):
        raise _refused("its header says that it is something else")
    if not (isinstance(algorithm, str) and isinstance(key_id, str) and key_id):
        raise _refused("its header must say alg and kid")
    if len(key_id) > KEY_ID_MAX:
        raise _refused("its issuer has no key of that id")
    return _Token(text, algorithm, key_id, claimed)


def _object(part: str) -> Claims:
    """Return the object that a part of a token is: of one meaning, without a name given twice."""
    try:
        if not _BASE64URL.fullmatch(part):
            raise ValueError(part)
        text = base64.urlsafe_b64decode(part + "=" * (-len(part) % 4))
        value = value_of(text)
    except (binascii.Error, ValueError, NotJson, MalformedJson):
        raise _refused("it cannot be read") from None
    if not isinstance(value, dict):
        raise _refused("it cannot be read")
    return value


def _time_of(claims: Claims, name: str) -> int | None:
    """Return a claim that is a moment, in microseconds."""
    value = claims.get(name)
    if value is None:
        return None
    if isinstance(value, bool) or not isinstance(value, int | float):
        raise _refused(f"its {name} is not a number")
    if not 0 <= value <= TIME_MAX_S:
        raise _refused(f"its {name} is not a moment")
    return int(value * _SECOND_US)


def _check_audience(claims: Claims, issuer: Issuer) -> None:
    audience = claims.get("aud")
    named = [audience] if isinstance(audience, str) else audience
    if not (isinstance(named, list) and any(each in issuer.audiences for each in named)):
        raise _refused("it is meant for another audience")


def _claim(claims: Claims, path: ClaimPath) -> Any:
    """Return a claim, or one within others."""
    found: Any = claims
    for name in (path,) if isinstance(path, str) else path:
        found = found.get(name) if isinstance(found, dict) else None
    return found


def _org_of(claims: Claims, issuer: Issuer) -> str:
    if issuer.org is not None:
        return issuer.org
    org = _claim(claims, issuer.org_claim)
    if not (isinstance(org, str) and _ORG.fullmatch(org)):
        raise _refused("it names no org")
    if org == PLATFORM or (issuer.orgs is not None and org not in issuer.orgs):
        raise _refused("its issuer does not speak for that org")
    return org


def _role_of(claims: Claims, issuer: Issuer) -> str:
    """Return the role of the first name in the operator's table that a token has."""
    given = _claim(claims, issuer.roles_claim)
    names: Sequence[object] = given.split() if isinstance(given, str) else given
    if isinstance(names, list):
        for name, role in issuer.roles.items():
            if name in names:
                return role
    raise _refused("it names no role of this ledger")


def _subject_of(claims: Claims, issuer: Issuer) -> str:
    subject = _claim(claims, issuer.subject_claim)
    if not isinstance(subject, str) or not subject:
        raise _refused("it names no subject")
    if issuer.subjects is Subjects.HASHED:
        digest = hashlib.sha256(f"{issuer.issuer}\n{subject}".encode(errors="replace")).digest()
        return "sub_" + base64.urlsafe_b64encode(digest).decode().rstrip("=")
    if not _USER.fullmatch(subject):
        raise _refused("its subject cannot be a user here: hash subjects")
    if issuer.subjects is Subjects.OPAQUE and "@" in subject:
        raise _refused("its subject may be an address, which events must not hold: hash subjects")
    return subject
