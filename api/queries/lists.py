"""Lists: pages of a read model, the newest first."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Generic, Protocol, TypeVar

from api.queries.reader import Reader

FIRST_PLACE = (2**63 - 1, "")


class Listed(Protocol):
    """A row of a list."""

    @property
    def place(self) -> tuple[int, str]:
        """Where it stands in the list."""
        ...


L = TypeVar("L", bound=Listed)


@dataclass(frozen=True)
class ModelList(Generic[L]):
    """A list. `model`: the name of its read model; `query`: that of its SQL; `row`: one row."""

    model: str
    query: str
    row: Callable[..., L]

    async def rows(
        self,
        reader: Reader,
        org: str,
        filters: Mapping[str, str | None],
        before: tuple[int, str],
        limit: int,
    ) -> list[L]:
        """Return rows after a place, the newest first."""
        before_us, before_id = before
        asked = {"org": org, **filters, "before_us": before_us, "before": before_id, "limit": limit}
        return [self.row(**row) for row in await reader.rows(org, self.query, asked)]
