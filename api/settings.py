"""What an operator sets, from the environment and the command line."""

from __future__ import annotations

import os
from dataclasses import dataclass
from pathlib import Path

OPERATOR_KEY_MIN = 32


@dataclass(frozen=True)
class Settings:
    """`data` holds everything embedded; a URL replaces that engine by a server."""

    data: Path = Path(".tally")
    database_url: str | None = None
    clickhouse_url: str | None = None
    operator_key: str | None = None

    @classmethod
    def from_environment(cls, data: Path) -> Settings:
        """The settings of this process."""
        return cls(
            data=data,
            database_url=os.environ.get("TALLY_DATABASE_URL") or None,
            clickhouse_url=os.environ.get("TALLY_CLICKHOUSE_URL") or None,
            operator_key=os.environ.get("TALLY_OPERATOR_KEY") or None,
        )
