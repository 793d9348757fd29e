"""Moments to come, for who decides whether a credential has expired."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from api.http.auth.credentials import CredentialCache
from tests.api.served import Served

HOUR_S = 3600


@contextmanager
def later(service: Served, seconds: float) -> Iterator[None]:
    """The moment so many seconds from now."""
    credentials = service.service.credentials
    assert isinstance(credentials, CredentialCache)
    clock = credentials._clock
    credentials._clock = credentials._tokens._clock = lambda: clock() + int(seconds * 1_000_000)
    try:
        yield
    finally:
        credentials._clock = credentials._tokens._clock = clock
