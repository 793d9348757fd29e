"""Issuers: whose tokens are taken, what they must say, and what their claims mean here.

An operator describes them in a file, TOML or JSON; `docs/authentication.md` explains every field.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Mapping, Sequence
from enum import StrEnum
from pathlib import Path
from typing import Any

import msgspec

from api.server_urls import is_http
from ledger.kernel.decoding import converted
from ledger.kernel.ids import ORG_PATTERN, PLATFORM
from ledger.kernel.roles import Role
from ledger.tenancy.role_book import ROLE_PATTERN

ALGORITHMS = frozenset(
    f"{family}{bits}" for family in ("RS", "PS", "ES") for bits in (256, 384, 512)
) | {"Ed25519", "EdDSA"}
"""Signatures by a private key that the issuer alone has. None at all, and those by a secret that
both have, are never taken."""

FILE_MAX = 1024 * 1024
SKEW_MAX_S = 300
_NAME = re.compile(r"[a-z0-9][a-z0-9-]{0,31}")

ClaimPath = str | tuple[str, ...]
"""The name of a claim, or the names that lead to one within objects."""


class IssuersRefused(Exception):
    """The file of issuers cannot be what it is; the text says why."""


class Subjects(StrEnum):
    """How the subject of a token becomes that of events, which hold no personal data."""

    OPAQUE = "opaque"
    """As it is; one with an @, which may be an address, is refused."""

    ANY = "any"
    """As it is."""

    HASHED = "hashed"
    """As a digest of issuer and subject."""


class Issuer(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """An OpenID Connect issuer, or anyone who publishes a set of public keys."""

    name: str
    """What it is called in events and logs: `oidc:name` is the credential of its callers."""

    issuer: str
    """What its tokens say as `iss`; its discovery document is found there."""

    audience: str | tuple[str, ...]
    """What its tokens must name as `aud`, or one of them."""

    roles: Mapping[str, str]
    """What a token may name in the claim of roles → the role here, one that every org has or one of
    its own. The first that it has counts."""

    algorithms: tuple[str, ...] = ("RS256", "ES256")
    jwks_url: str | None = None
    """Where its keys are; None: where its discovery document says."""

    org: str | None = None
    """The org of all its tokens; None: a claim says."""

    org_claim: ClaimPath = "org"
    orgs: tuple[str, ...] | None = None
    """The orgs that the claim may name; None: any."""

    subject_claim: ClaimPath = "sub"
    subjects: Subjects = Subjects.OPAQUE
    roles_claim: ClaimPath = "roles"
    clock_skew_s: int = 30

    @property
    def audiences(self) -> Sequence[str]:
        """Those of which a token must name one."""
        return (self.audience,) if isinstance(self.audience, str) else self.audience

    @property
    def credential(self) -> str:
        """The id of the credential of its callers."""
        return f"oidc:{self.name}"

    def fault(self) -> str | None:
        """Return what is wrong with it, as the rest of a sentence."""
        if not _NAME.fullmatch(self.name):
            return "name must be 1 to 32 lower-case letters, digits and hyphens"
        for url in (self.issuer, self.jwks_url):
            if url is not None and not is_http(url):
                return f"{url!r} must be https://host/path, or http:// within a network of yours"
        if not self.algorithms or not ALGORITHMS.issuperset(self.algorithms):
            return f"algorithms must be some of {', '.join(sorted(ALGORITHMS))}"
        if not (self.roles and self.audiences and all(self.audiences)):
            return "audience and roles must not be empty"
        for role in self.roles.values():
            if not re.fullmatch(ROLE_PATTERN, role):
                return f"{role!r} cannot be a role"
        if not 0 <= self.clock_skew_s <= SKEW_MAX_S:
            return f"clock_skew_s must be from 0 to {SKEW_MAX_S}"
        return self._fault_of_orgs()

    def _fault_of_orgs(self) -> str | None:
        if self.org is not None and self.orgs is not None:
            return "org and orgs are both given: give one of them"
        for org in (self.org, *(self.orgs or ())):
            if org is not None and not re.fullmatch(ORG_PATTERN, org):
                return f"{org!r} cannot be an org"
        if self.orgs is not None and PLATFORM in self.orgs:
            return "operators have an issuer of their own: org = 'platform'"
        if (Role.OPERATOR in self.roles.values()) != (self.org == PLATFORM) or (
            self.org == PLATFORM and set(self.roles.values()) != {Role.OPERATOR}
        ):
            return "the role operator is that of the org platform, which has no other"
        return None


class _File(msgspec.Struct, forbid_unknown_fields=True):
    """What the file holds."""

    issuers: list[Issuer]


def read_issuers(path: Path) -> Mapping[str, Issuer]:
    """Return the issuers of a file by what their tokens say as `iss`. Raises IssuersRefused."""
    try:
        issuers = converted(_read(path), _File).issuers
    except (OSError, ValueError, msgspec.ValidationError) as error:
        why = error.strerror if isinstance(error, OSError) else str(error)
        raise IssuersRefused(f"{path} cannot be read: {why}.") from None
    for each in issuers:
        if (fault := each.fault()) is not None:
            raise IssuersRefused(f"issuer {each.name}: {fault}.")
    found = {each.issuer: each for each in issuers}
    if len(found) < len(issuers) or len({each.name for each in issuers}) < len(issuers):
        raise IssuersRefused("two issuers have the same name, or the same iss.")
    return found


def _read(path: Path) -> Any:
    with path.open("rb") as content:
        text = content.read(FILE_MAX + 1)
    if len(text) > FILE_MAX:
        raise ValueError(f"it has more than {FILE_MAX} bytes")
    if path.suffix == ".json":
        return msgspec.json.decode(text)
    return tomllib.loads(text.decode("utf-8"))
