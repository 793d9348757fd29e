"""Orgs and API keys: what their events say; never a secret, nor its hash."""

from __future__ import annotations

from typing import Any

from api.feed.content import Content, Contents
from api.http.answers import Time, time_or_null
from ledger.kernel.times import format_time
from ledger.ports import RecordedEvent


class OrgContent(Content):
    """An org as it was opened."""

    name: str
    billing_mode: str


class BillingModeContent(Content):
    """Who pays from now on."""

    billing_mode: str


class RegisteredContent(Content):
    """An org that the platform knows now."""

    id: str


class ApiKeyContent(Content):
    """A key that was issued."""

    id: str
    name: str
    role: str
    subject: str | None
    expires_at: Time | None


class RotatedContent(Content):
    """A key that another takes the place of, and until when both open what it did."""

    id: str
    replaced_by: str
    replaced_until: Time


class RevokedContent(Content):
    """A key that opens nothing any more."""

    id: str


def opened(event: RecordedEvent, fact: Any) -> OrgContent:
    """Return the org that was opened."""
    return OrgContent(fact.name, str(fact.billing_mode))


def billing_mode(event: RecordedEvent, fact: Any) -> BillingModeContent:
    """Return who pays now."""
    return BillingModeContent(str(fact.billing_mode))


def registered(event: RecordedEvent, fact: Any) -> RegisteredContent:
    """Return the org that was registered."""
    return RegisteredContent(fact.org)


def issued(event: RecordedEvent, fact: Any) -> ApiKeyContent:
    """Return the key that was issued."""
    return ApiKeyContent(
        _key(event), fact.name, str(fact.role), fact.subject, time_or_null(fact.expires_us)
    )


def rotated(event: RecordedEvent, fact: Any) -> RotatedContent:
    """Return the key that was replaced."""
    return RotatedContent(_key(event), fact.successor, format_time(fact.expires_us))


def revoked(event: RecordedEvent, fact: Any) -> RevokedContent:
    """Return the key that was revoked."""
    return RevokedContent(_key(event))


def _key(event: RecordedEvent) -> str:
    return event.stream.partition("/")[2]


CONTENTS: Contents = {
    "tenancy.OrgOpened": opened,
    "tenancy.BillingModeChanged": billing_mode,
    "tenancy.OrgRegistered": registered,
    "tenancy.ApiKeyIssued": issued,
    "tenancy.ApiKeyRotated": rotated,
    "tenancy.ApiKeyRevoked": revoked,
}
