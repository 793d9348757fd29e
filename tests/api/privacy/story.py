"""The story of a person whose texts are erased."""

from __future__ import annotations

from tests.api.served import Served


def tell(service: Served) -> None:
    """Erase what names a person."""
    service.operator_of("acme").erase("ada", reason="asked for it")
