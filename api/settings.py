"""What an operator sets, from the environment and the command line."""

from __future__ import annotations

import hashlib
import os
from dataclasses import dataclass
from pathlib import Path

OPERATOR_KEY_MIN = 32
RETENTION_YEARS = 7
YEARS_MAX = 1_000


class SettingRefused(Exception):
    """A setting cannot be what it is; the text says why."""


@dataclass(frozen=True)
class Settings:
    """`data` holds everything embedded; a URL replaces that engine by a server."""

    data: Path = Path(".tally")
    database_url: str | None = None
    clickhouse_url: str | None = None
    operator_key: str | None = None
    billing_url: str | None = None
    """Where a caller without credit is sent."""
    retention_years: int = RETENTION_YEARS
    """How old events must be before they may be archived."""

    def __post_init__(self) -> None:
        if self.operator_key is not None and len(self.operator_key) < OPERATOR_KEY_MIN:
            raise SettingRefused(
                f"TALLY_OPERATOR_KEY must have at least {OPERATOR_KEY_MIN} characters: it opens "
                "every org."
            )

    @property
    def cursor_key(self) -> bytes:
        """What cursors are authenticated with: the same in every process of a service."""
        return hashlib.sha256(
            b"tallystick cursor v1\n" + (self.operator_key or "").encode()
        ).digest()

    @classmethod
    def from_environment(cls, data: Path) -> Settings:
        """The settings of this process."""
        return cls(
            data=data,
            database_url=os.environ.get("TALLY_DATABASE_URL") or None,
            clickhouse_url=os.environ.get("TALLY_CLICKHOUSE_URL") or None,
            operator_key=os.environ.get("TALLY_OPERATOR_KEY") or None,
            billing_url=os.environ.get("TALLY_BILLING_URL") or None,
            retention_years=_years(os.environ.get("TALLY_RETENTION_YEARS") or None),
        )


def _years(text: str | None) -> int:
    if text is None:
        return RETENTION_YEARS
    if not (text.isascii() and text.isdigit() and 1 <= int(text) <= YEARS_MAX):
        raise SettingRefused(f"TALLY_RETENTION_YEARS must be a number from 1 to {YEARS_MAX}.")
    return int(text)
