"""Every column and every row of every table attacked, one at a time, and what is made of it."""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Iterator, Sequence
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, NamedTuple

import psycopg
from rich.console import Console
from rich.table import Table

from adapters.archive import ArchiveUnreadable
from adapters.clickhouse.connection import connect
from adapters.embedded import Engines
from ledger.kernel.report import Report
from projections.read_model import ReadModel
from projections.read_models import ANALYSTS
from tests.tamper.archived import whole_store
from tests.tamper.catalogue import (
    ANALYSTS_CHANGES,
    HARMLESS,
    Attacked,
    Column,
    add,
    change,
    columns,
    remove,
    tables,
)
from tests.tamper.stores import TestStore

REMOVED, ADDED = "removed", "added"
REFUSED = "refused"


class Try(NamedTuple):
    """One attack on a column, or on a row of a table (no column), and what was made of it."""

    table: str
    column: str
    attack: str
    outcome: str
    said: str = ""

    @property
    def is_missed(self) -> bool:
        """Whether nothing was found, or not where it is."""
        return self.outcome in ("missed", "not located", "empty")


def attacks(store: TestStore) -> dict[Column, list[str]]:
    """Every attack on every column, and on the rows of every table."""
    with psycopg.connect(store.owner) as connection:
        found = {each: [*each.attacks(), ADDED] for each in columns(connection)}
        return found | {Column(name, "", ""): [REMOVED] for name in tables(connection)}


def attempt_analysts(store: TestStore, model: ReadModel[Any], draw: random.Random) -> list[Try]:
    """Every column of an analysts' table changed, each in a newer version of another row: verified
    together, as many as there are rows, as each is a row that is wrong."""
    columns = _analysts_columns(store, model.table)
    client = connect(store.clickhouse_url)
    (rows,) = client.query(f"SELECT count() FROM {model.table}").result_rows[0]
    client.close()
    return [
        tried
        for first in range(0, len(columns), rows)
        for tried in _attempt_together(store, model, columns[first : first + rows], rows, draw)
    ]


def _attempt_together(
    store: TestStore, model: ReadModel[Any], columns: list[Column], rows: int, draw: random.Random
) -> list[Try]:
    places = draw.sample(range(rows), len(columns))
    for place, (_, name, type_) in zip(places, columns, strict=True):
        value = ANALYSTS_CHANGES[type_].format(c=f"`{name}`")
        store.analysts(
            f"INSERT INTO {model.table} SELECT * REPLACE ({value} AS `{name}`) FROM (SELECT * FROM "
            f"saved_{model.table} ORDER BY position, line LIMIT 1 OFFSET {place})"
        )
    report = store.verify()
    store.restore("shard")
    found = "found" if report[model.name].wrong == len(columns) else "missed"
    return [Try(model.table, each.name, "changed", found, _said(report)) for each in columns]


def _analysts_columns(store: TestStore, table: str) -> list[Column]:
    client = connect(store.clickhouse_url)
    found = client.query(
        "SELECT name, type FROM system.columns "
        "WHERE database = currentDatabase() AND table = {table:String} AND default_kind = ''",
        parameters={"table": table},
    ).result_rows
    client.close()
    return [Column(table, name, type_) for name, type_ in found]


def attempt(store: TestStore, column: Column, attack: str, draw: random.Random) -> Try:
    """One attack; the store is put back as it was."""
    try:
        return _attempt(store, column, attack, draw)
    finally:
        store.restore(column.table)


def first_accepted(
    store: TestStore, column: Column, names: Sequence[str], draw: random.Random
) -> Try:
    """One attack that the database does not refuse, if there is one."""
    for attack in draw.sample(names, len(names)):
        tried = attempt(store, column, attack, draw)
        if tried.outcome != REFUSED:
            return tried
    return Try(*column[:2], "all", REFUSED)


def _attempt(store: TestStore, column: Column, attack: str, draw: random.Random) -> Try:
    place = (*column[:2], attack)
    if not store.rows(f"SELECT FROM tally.{column.table} LIMIT 1"):
        return Try(*place, "empty", "there is no row to attack: stock() must leave one")
    attacked = _attacked(store, column, attack, draw)
    if attacked is None:
        return Try(*place, REFUSED)
    try:
        report = store.verify()
    except ArchiveUnreadable as error:  # nothing was verified, and the file that is named is said
        return Try(*place, "found", error.detail)
    outcome = _outcome(store, place, attacked, report)
    return Try(*place, outcome, f"{_said(report)} {attacked}")


def _attacked(
    store: TestStore, column: Column, attack: str, draw: random.Random
) -> Attacked | None:
    with psycopg.connect(store.owner) as connection:
        if attack == REMOVED:
            return remove(connection, column.table, draw)
        if attack == ADDED:
            return add(connection, column, draw)
        return change(connection, column, attack, draw)


def _outcome(
    store: TestStore, place: tuple[str, str, str], attacked: Attacked, report: Report
) -> str:
    table, column, attack = place
    if report.exit_code:
        return "found" if _names(report, table, attacked) else "not located"
    if _is_as_before(store, table):
        return "healed"
    known = {(table, column), (table, attack), (table, f"{column} {attack}")}
    return "harmless" if known & HARMLESS.keys() else "missed"


def _is_as_before(store: TestStore, table: str) -> bool:
    """Whether a table holds again what it held before the attack."""
    ((differing,),) = store.rows(
        f"SELECT count(*) FROM ((TABLE tally.{table} EXCEPT ALL TABLE saved.{table}) UNION ALL "
        f"(TABLE saved.{table} EXCEPT ALL TABLE tally.{table})) d"
    )
    return bool(differing == 0)


def _said(report: Report) -> str:
    checks = report.checks.values()
    found = [f"{check.kind}: {check.first}" for check in checks if check.first]
    return "; ".join(found + [str(check.reason) for check in checks if check.unchecked])


def _names(report: Report, table: str, attacked: Attacked) -> bool:
    """Whether what is said names the row's org, or the row by its name, or its table."""
    rows = (attacked.before, attacked.after)
    orgs = {row["org"] for row in rows if "org" in row}
    names = {str(row["name"]) for row in rows if row.get("name")} | orgs - {""} | {table}
    places = {check.first.place.org for check in report.checks.values() if check.first}
    return bool(orgs & places) or any(name in _said(report) for name in names)


def attack_all(store: TestStore, seed: int) -> Iterator[Try]:
    """Every attack on every column and table, each on a drawn row."""
    for column, names in attacks(store).items():
        for name in names:
            yield attempt(store, column, name, random.Random(f"{seed} {column} {name}"))
    for model in ANALYSTS.values():
        yield from attempt_analysts(store, model, random.Random(f"{seed} {model.name}"))


def main(seed: int) -> bool:
    """Try everything on real engines, print a table; whether something was missed."""
    with TemporaryDirectory() as folder, Engines(Path(folder) / "data") as engines:
        store = whole_store(engines.urls(), Path(folder))
        store.unguard()
        tried = list(attack_all(store, seed))
    _print(Console(), tried)
    return any(each.is_missed for each in tried)


def _print(console: Console, tried: Sequence[Try]) -> None:
    title = "Tampering with every column, by real engines"
    table = Table("table", "columns", "tries", "found", "healed", "harmless", "missed", title=title)
    for name in [*dict.fromkeys(each.table for each in tried), "all"]:
        mine = [each for each in tried if name in (each.table, "all") and each.outcome != REFUSED]
        count = Counter(each.outcome for each in mine)
        missed = sum(each.is_missed for each in mine)
        columns_ = len({each[:2] for each in mine if each.column})
        cells = (columns_, len(mine), count["found"], count["healed"], count["harmless"], missed)
        table.add_row(name, *(f"{each:,}" for each in cells))
    console.print(table)
    for each in [each for each in tried if each.is_missed][:10]:
        console.print(f"MISSED {each}", style="red", markup=False)
