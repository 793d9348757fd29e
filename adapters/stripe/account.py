"""An account at Stripe, or at the sandbox: where it is, and what opens it."""

from __future__ import annotations

from typing import NamedTuple
from urllib.parse import urlsplit


class StripeAccount(NamedTuple):
    """What the adapter is given. `url`: where the API is; None: at Stripe's."""

    api_key: str
    webhook_secrets: tuple[str, ...]
    url: str | None = None
    is_sandbox: bool = False
    """Whether no money moves."""


def sandbox_at(url: str) -> StripeAccount:
    """Return the account of the sandbox whose key is the user of a URL, and whose secret is its
    password."""
    parts = urlsplit(url)
    host = f"{parts.scheme}://{parts.hostname}:{parts.port}"
    return StripeAccount(str(parts.username), (str(parts.password),), host, is_sandbox=True)
