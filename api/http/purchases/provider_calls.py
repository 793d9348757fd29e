"""Provider calls: what a request asks of who collects money while its sender waits."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from ledger.kernel.errors import Unavailable
from ledger.kernel.outside import NotTaken


@contextmanager
def answered(otherwise: str) -> Iterator[None]:
    """Ask a provider; where it does not answer, say so. Raises Unavailable."""
    try:
        yield
    except NotTaken as error:
        raise Unavailable(f"{otherwise}: {error.detail}") from error
