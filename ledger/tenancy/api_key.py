"""API keys: a secret that is shown once and stored as a hash, with a role in one org."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from datetime import datetime
from typing import ClassVar

import msgspec

from ledger.kernel.aggregate import Archivable, Fact, FirstFact, LedgerAggregate
from ledger.kernel.canonical import base64url
from ledger.kernel.errors import Conflict, Invalid
from ledger.kernel.ids import name_of, split_stream_id, stream_id
from ledger.kernel.rows import TableRow
from ledger.kernel.times import microseconds

SECRET_PREFIX = "tally_live_"
SECRET_BYTES = 32
KEY_STREAM = "api-key"


def secret_of(random: bytes) -> str:
    """Return the secret made from `SECRET_BYTES` random bytes."""
    return SECRET_PREFIX + base64url(random)


def hash_of(secret: str) -> str:
    """Return what is stored of a secret. It has 256 random bits, so a plain hash cannot be
    guessed."""
    return hashlib.sha256(secret.encode()).hexdigest()


class ApiKeyState(msgspec.Struct):
    """All that a key remembers."""

    name: str
    role: str
    secret_hash: str
    subject: str | None
    revoked: bool
    expires_us: int | None = None
    successor: str | None = None


class ApiKey(LedgerAggregate):
    """One credential of an org."""

    TOPIC: ClassVar[str] = "tenancy.ApiKey"
    STREAM: ClassVar[str] = f"{KEY_STREAM}/"
    ARCHIVABLE: ClassVar[Archivable] = Archivable.ENDED
    State = ApiKeyState

    def __init__(
        self,
        name: str,
        role: str,
        secret_hash: str,
        subject: str | None,
        expires_us: int | None = None,
        replaces: str | None = None,
        replaced_until_us: int | None = None,
    ) -> None:
        self.name = name
        self.role = role
        self.secret_hash = secret_hash
        self.subject = subject
        self.expires_us = expires_us
        self.successor: str | None = None
        self.revoked = False

    class Event(Fact):
        """Base of a key's facts."""

    class ApiKeyIssued(Event, FirstFact):
        """A credential was made."""

        TOPIC: ClassVar[str] = "tenancy.ApiKeyIssued"
        fingerprint: str
        name: str
        role: str
        secret_hash: str
        subject: str | None = None
        expires_us: int | None = None
        replaces: str | None = None
        """The id of the key that was rotated to this one, and the moment when that one ends."""
        replaced_until_us: int | None = None

    class ApiKeyRotated(Event):
        """Another key takes its place; it opens what it did until the overlap is over."""

        TOPIC: ClassVar[str] = "tenancy.ApiKeyRotated"
        fingerprint: str
        successor: str
        expires_us: int

        def apply(self, aggregate: ApiKey) -> None:
            aggregate.successor = self.successor
            aggregate.expires_us = self.expires_us

    class ApiKeyRevoked(Event):
        """The credential opens nothing any more."""

        TOPIC: ClassVar[str] = "tenancy.ApiKeyRevoked"
        fingerprint: str

        def apply(self, aggregate: ApiKey) -> None:
            aggregate.revoked = True

    def rows(self) -> Iterable[TableRow]:
        org, _ = split_stream_id(self.id)
        columns = {
            "org": org,
            "id": name_of(self.id),
            "name": self.name,
            "role": self.role,
            "subject": self.subject,
            "secret_hash": self.secret_hash,
            "recorded_us": microseconds(self.created_on),
            "revoked": self.revoked,
            "expires_us": self.expires_us,
        }
        return [TableRow("api_keys", columns)]

    @classmethod
    def issue(
        cls,
        org: str,
        key_id: str,
        *,
        name: str,
        role: str,
        secret_hash: str,
        subject: str | None,
        expires_us: int | None = None,
        at: datetime,
        fingerprint: str,
    ) -> ApiKey:
        """Make a credential, for ever or until it expires."""
        _check_expiry(expires_us, at)
        return cls._create(
            cls.ApiKeyIssued,
            id=api_key_id(org, key_id),
            timestamp=at,
            fingerprint=fingerprint,
            name=name,
            role=role,
            secret_hash=secret_hash,
            subject=subject,
            expires_us=expires_us,
        )

    def rotate(
        self,
        key_id: str,
        *,
        secret_hash: str,
        overlap_us: int,
        expires_us: int | None,
        at: datetime,
        fingerprint: str,
    ) -> ApiKey:
        """Have another key of the same name, role and subject take its place, and return it.

        This one ends when the overlap is over, and not later than it would have; without overlap it
        is revoked. The new one expires when it is told to, else after as long a life as this one.
        """
        self._check_may_rotate(at)
        _check_expiry(expires_us, at)
        now_us = microseconds(at)
        ends_us = now_us + overlap_us
        if self.expires_us is not None:
            ends_us = min(ends_us, self.expires_us)
            life_us = self.expires_us - microseconds(self.created_on)
            expires_us = now_us + life_us if expires_us is None else expires_us
        org, _ = split_stream_id(self.id)
        self.trigger_event(
            self.ApiKeyRotated,
            timestamp=at,
            fingerprint=fingerprint,
            successor=key_id,
            expires_us=ends_us,
        )
        if not overlap_us:
            self.revoke(at, fingerprint=fingerprint)
        return self._create(
            self.ApiKeyIssued,
            id=api_key_id(org, key_id),
            timestamp=at,
            fingerprint=fingerprint,
            name=self.name,
            role=self.role,
            secret_hash=secret_hash,
            subject=self.subject,
            expires_us=expires_us,
            replaces=name_of(self.id),
            replaced_until_us=ends_us,
        )

    def _check_may_rotate(self, at: datetime) -> None:
        if self.revoked:
            raise Conflict("this API key is revoked: issue a new one.", field="id")
        if self.successor is not None:
            raise Conflict(
                f"this API key was rotated already: rotate {self.successor} instead.", field="id"
            )
        if self.expires_us is not None and self.expires_us <= microseconds(at):
            raise Conflict("this API key has expired: issue a new one.", field="id")

    @property
    def has_ended(self) -> bool:
        return self.revoked

    def revoke(self, at: datetime, *, fingerprint: str) -> None:
        """Close the credential, for ever."""
        if self.revoked:
            raise Conflict("this API key is revoked already.", field="id")
        self.trigger_event(self.ApiKeyRevoked, timestamp=at, fingerprint=fingerprint)


def _check_expiry(expires_us: int | None, at: datetime) -> None:
    if expires_us is not None and expires_us <= microseconds(at):
        raise Invalid("expires_at must be in the future.", field="expires_at")


def api_key_id(org: str, key_id: str) -> str:
    """Return the stream of a key."""
    return stream_id(org, KEY_STREAM, key_id)
