"""Changes: what facts say of a row by its columns, and the summary that is made of them."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import NamedTuple

from ledger.kernel.aggregate import Fact
from projections.read_model import Row
from projections.summary import Summary, Summed, Told


class Change(NamedTuple):
    """What a fact says of a row: its key without the org, and columns by their names."""

    key: tuple[str, ...]
    values: Mapping[str, object]


def summary_of(
    name: str,
    row: type[Row],
    changes_of: Callable[[Fact], Sequence[Change]],
    named_by: int,
    firsts: frozenset[str],
    least: frozenset[str] = frozenset(),
    greatest: frozenset[str] = frozenset(),
) -> Summary[Change]:
    """Return a summary whose rows say of each column what was first or last said of it, or that it
    adds up to; the last column is `sequence`."""
    columns = row._fields[named_by:-1]  # type: ignore[attr-defined]  # a NamedTuple

    def add(rows: Summed, event: Told, lines: Sequence[Change]) -> None:
        for key, values in lines:
            place = (event.org, *key)
            after = [*(values.get(each, nothing.get(each)) for each in columns), event.sequence]
            before = rows.get(place)
            rows[place] = after if before is None else model.merged(before, after)

    model = Summary(name, row, changes_of, named_by, add, firsts, least, greatest)
    nothing = dict.fromkeys(model.added, 0)
    return model
