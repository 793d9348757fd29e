"""Queries: each file of SQL is read by its name, and stands with what it is about."""

from __future__ import annotations

from pathlib import PurePath

from tests.tidy.tree import ROOT, modules

FOLDER = ROOT / "api" / "queries"


def name_of(path: PurePath) -> str:
    context = path.parent.parent.name
    return path.stem if context == "queries" else f"{context}/{path.stem}"


def test_every_query_is_named_by_who_reads() -> None:
    named = "\n".join(module.text for module in modules("api"))
    queries = [name_of(path) for path in sorted(FOLDER.rglob("*.sql"))]
    assert len(queries) > 40
    assert [query for query in queries if f'"{query}"' not in named] == []


def test_a_query_of_a_context_is_read_there_or_by_what_composes_contexts() -> None:
    for path in FOLDER.glob("*/sql/*.sql"):
        context = path.parent.parent.name
        readers = [
            each.path for each in modules("api/queries") if f'"{name_of(path)}"' in each.text
        ]
        assert all(f"/{context}/" in reader for reader in readers), path
