"""Imports go one way: no circle, adapters only for the container, contexts only as they declare."""

from __future__ import annotations

import ast
import re
from itertools import repeat

import pytest

from ledger.contexts import CONTEXTS
from ledger.kernel.context import Context
from tests.tidy.tree import COLUMNS, everything, importers, imports, modules

NAMES = frozenset(context.name for context in CONTEXTS)
READS_ENVIRONMENT = {
    "api/settings.py": "every variable of ours has its one place",
    "api/environment.py": "what children see of our environment",
    "adapters/embedded/binaries.py": "where the engines' programs are, before any setting",
    "adapters/embedded/clickhouse.py": "where the engine finds its libraries",
    "adapters/embedded/process.py": "what the engines see of our environment",
    "adapters/embedded/sockets.py": "where this user's sockets may be",
}


def test_no_module_imports_itself_by_a_detour() -> None:
    _assert_no_circle(
        {module: imports().find_modules_directly_imported_by(module) for module in _modules()}
    )


@pytest.mark.parametrize("around", ["ledger", "projections", "api.http", "api.queries"])
def test_no_package_imports_itself_by_a_detour(around: str) -> None:
    depth = around.count(".") + 2
    packages: dict[str, set[str]] = {}
    for module in _modules(around):
        package = _package(module, depth)
        found = map(_package, imports().find_modules_directly_imported_by(module), repeat(depth))
        packages.setdefault(package, set()).update(set(found) - {package, around})
    packages.pop(around, None)
    _assert_no_circle(packages)


def _package(module: str, depth: int) -> str:
    return ".".join(module.split(".")[:depth])


def _assert_no_circle(imported_by: dict[str, set[str]]) -> None:
    left = dict(imported_by)
    while ends := [module for module, imported in left.items() if not imported & left.keys()]:
        for module in ends:
            del left[module]
    assert not left, f"in a circle, or on the way into one: {sorted(left)}"


def test_only_the_container_imports_adapters() -> None:
    found = {
        importer
        for module in _modules("adapters")
        for importer in importers(module)
        if not importer.startswith("adapters")
    }
    assert found <= _modules("api.container")


@pytest.mark.parametrize("context", CONTEXTS, ids=lambda context: context.name)
def test_a_context_imports_only_those_it_declares(context: Context) -> None:
    of = {f"{column}.{name}": name for column in ("ledger", "projections") for name in NAMES}
    found = {
        (module, imported)
        for column in ("ledger", "projections")
        for module in _modules(f"{column}.{context.name}")
        for imported in imports().find_modules_directly_imported_by(module)
        for other in [of.get(".".join(imported.split(".")[:2]))]
        if other not in (None, context.name, *context.uses)
    }
    assert not found, f"not in `uses` of {context.name}: {sorted(found)}"


@pytest.mark.parametrize("reader", ["projections", "api.queries"])
def test_what_reads_imports_no_aggregate(reader: str) -> None:
    found = {
        (importer, aggregate.__module__)
        for context in CONTEXTS
        for aggregate in context.aggregates
        for importer in importers(aggregate.__module__)
        if f"{importer}.".startswith(f"{reader}.")
    }
    assert not found


def test_the_kernel_and_the_ports_know_no_context() -> None:
    found = {
        (module, imported)
        for module in (*_modules("ledger.kernel"), "ledger.ports")
        for imported in imports().find_modules_directly_imported_by(module)
        if imported.split(".")[1] in NAMES
    }
    assert not found


def test_the_commit_path_knows_no_context() -> None:
    """A context is on it by what it declares: rows, keys and texts, and `CommitHooks`."""
    shared = {module for module in _modules("api.commands") if module.count(".") == 2}
    found = {
        (module, imported)
        for module in _modules("api.writer") | shared - {f"api.commands.{name}" for name in NAMES}
        for imported in imports().find_modules_directly_imported_by(module)
        if not NAMES.isdisjoint(imported.split(".")[1:3])
    }
    assert not found


def test_only_settings_read_the_environment() -> None:
    found = {
        module.path
        for module in modules(*COLUMNS, "schemas")
        if module.uses("environ") or module.uses("getenv")
    }
    assert found == READS_ENVIRONMENT.keys()


def test_decoders_are_made_by_one_thread_at_a_time() -> None:
    makers = re.compile(r"msgspec\.(json\.Decoder|convert)\(|msgspec\.json\.decode\(.*\btype=")
    found = {
        module.path
        for module in modules(*COLUMNS)
        if "stripe_sandbox" not in module.path and makers.search(module.text)
    }
    assert found == {"ledger/kernel/decoding.py"}


def test_every_module_imports_what_its_types_are_made_of() -> None:
    assert not [module.path for module in everything() if module.uses("TYPE_CHECKING")]


def test_facts_are_asked_for_what_their_type_has() -> None:
    found = [
        f"{module.path}:{node.lineno}"
        for module in modules(*COLUMNS)
        for node in ast.walk(module.tree)
        if isinstance(node, ast.Call)
        and isinstance(node.func, ast.Name)
        and node.func.id == "getattr"
        and isinstance(node.args[0], ast.Name)
        and node.args[0].id in ("fact", "event", "holder")
        and isinstance(node.args[1], ast.Constant)
    ]
    assert not found


def _modules(under: str = "") -> set[str]:
    return {
        module
        for module in imports().modules
        if not under or module == under or module.startswith(f"{under}.")
    }
