"""Every column and every row of every table attacked, one at a time, and what is made of it."""

from __future__ import annotations

import random
from collections.abc import Sequence
from typing import NamedTuple

import psycopg

from adapters.archive import ArchiveUnreadable
from ledger.audit.inspection import Report

from .catalogue import HARMLESS, Attacked, Column, add, change, columns, remove, tables
from .stores import TestStore

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
