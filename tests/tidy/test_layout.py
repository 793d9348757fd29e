"""The layout: columns and contexts, one order of tests, names that say something, short files."""

from __future__ import annotations

import re
from pathlib import PurePath

import pytest

from ledger.contexts import CONTEXTS
from tests.tidy.tree import CODE, ROOT, STRANGERS, everything, modules

LINES_MAX = 400
CONTEXT_NAMES = {context.name for context in CONTEXTS}
SUBJECTS = {
    "kernel",
    "invoices",
    "carts",
    "proof",
    "verification",
    "access_log",
    "bookkeeping",
    "audit_trail",
    "export",
}
"""What is written about beside the contexts, under the same name in every column."""

MACHINERY = {
    "ledger": set[str](),
    "projections": set[str](),
    "api": {
        *(
            "commands",
            "feed",
            "writer",
            "queries",
            "http",
            "effects",
            "jobs",
            "inbound",
            "mcp",
            "console",
        ),
        *(
            "time_travel",
            "archiving",
            "comparison",
            "reconciliation",
            "backup",
            "doctor",
            "tracing",
            "sealing",
            "cli",
            "demo",
            "reports",
            "supervision",
            "imports",
        ),
        *("worker", "container"),
    },
    "api/commands": set[str](),
    "api/queries": {"sql"},
    "api/effects": set[str](),
    "api/feed": set[str](),
    "api/http": {"auth", "fast_path", "limits", "server"},
    "adapters": {
        *("postgres", "clickhouse", "nats", "stripe", "embedded", "memory", "documents", "mail"),
    },
}
"""The folders of a column that are about no subject: its machinery."""

KINDS = {
    *("unit", "scenarios", "properties", "contracts", "formats", "api", "processes", "tamper"),
    *("bench", "cli", "client", "crash", "faults", "tidy", "year"),
}
FLAT_KINDS = {"bench", "cli", "client", "crash", "faults", "tidy", "year"}
"""Kinds of tests that are about one subject."""

OTHER_SUBJECTS = {
    *("auth", "http", "fast_path", "limits", "time_travel"),
    *("writer", "event_store", "postgres", "service", "embedded", "jobs", "effects"),
    *("feed", "inbound", "sealing", "projections", "archiving", "backup", "doctor", "queries"),
    "imports",
}
"""What tests are about that is machinery."""

VAGUE = {"util", "utils", "helper", "helpers", "common", "misc", "base", "manager", "core", "types"}


@pytest.mark.parametrize("column", MACHINERY)
def test_a_folder_of_a_column_is_a_subject_or_its_machinery(column: str) -> None:
    known = CONTEXT_NAMES | SUBJECTS | MACHINERY[column]
    found = {
        PurePath(m.path).relative_to(column).parts[0]
        for m in modules(column)
        if _deep(m.path, column)
    }
    assert found <= known


def test_tests_stand_in_a_kind_and_a_context() -> None:
    for module in modules("tests"):
        path = PurePath(module.path)
        if not path.name.startswith("test_"):
            continue
        kind, *rest = path.parts[1:-1]
        assert kind in KINDS, module.path
        if kind in FLAT_KINDS:
            assert not rest, module.path
        else:
            assert len(rest) == 1, module.path
            assert rest[0] in CONTEXT_NAMES | SUBJECTS | OTHER_SUBJECTS, module.path


def test_no_module_is_long() -> None:
    """A file holds one noun. What strangers take away is a single file, however long; what a
    generator makes is as long as what it is made from."""
    long = {m.path: lines for m in everything() if (lines := m.text.count("\n")) > LINES_MAX}
    made = {m.path for m in everything() if "Made by `python -m" in m.text[:400]}
    assert not [path for path in long if path not in {*STRANGERS, *made}], long


def test_names_say_something() -> None:
    for module in modules(*CODE):
        name = PurePath(module.path).stem
        assert re.fullmatch(r"__(init|main)__|[a-z][a-z0-9]*(_[a-z0-9]+)*", name), module.path
        assert name not in VAGUE, module.path


def test_routes_ask_for_permissions_that_stand_beside_them() -> None:
    """Whoever looks for who may do something finds it by the path alone."""
    routes = {m.path.split("/")[2]: m for m in modules("api/http") if "/routes" in m.path}
    without = {"fast_path"}  # routes of other contexts, which it calls with what they ask for
    assert len(routes) > 8
    for subject in routes.keys() - without:
        assert (ROOT / "api" / "http" / subject / "permissions.py").is_file(), subject
        for module in modules(f"api/http/{subject}"):
            asked = re.findall(r"from api\.http\.(\w+)\.permissions import", module.text)
            assert set(asked) <= {subject}, module.path


def test_migrations_are_numbered_and_say_their_context() -> None:
    """Those until 0018 are older than this rule, and a migration never changes."""
    names = sorted(path.name for path in (ROOT / "schemas" / "postgres").glob("*.sql"))
    numbers = [int(name[:4]) for name in names]
    assert len(set(numbers)) == len(numbers)
    subjects = "|".join(
        sorted(CONTEXT_NAMES | SUBJECTS | OTHER_SUBJECTS | {"audit", "contexts", "due", "ledger"})
    )
    form = re.compile(rf"\d{{4}}_({subjects})(_[a-z0-9]+)*\.sql")
    for name, number in zip(names, numbers, strict=True):
        assert number <= 18 or form.fullmatch(name), name


def test_decisions_are_numbered_once() -> None:
    numbers = [path.name[:4] for path in (ROOT / "docs" / "decisions").glob("*.md")]
    assert len(set(numbers)) == len(numbers)


def _deep(path: str, column: str) -> bool:
    return len(PurePath(path).relative_to(column).parts) > 1
