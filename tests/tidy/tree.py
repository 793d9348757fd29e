"""The tree: every module of the repository, read once, and parsed once where a rule asks for it."""

from __future__ import annotations

import ast
import functools
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import grimp

ROOT = Path(__file__).parents[2]
COLUMNS = ("ledger", "projections", "api", "adapters")
CODE = (*COLUMNS, "schemas", "tallystick", "examples", "bench")
STRANGERS = ("schemas/verify.py", "tests/formats/stranger.py")
"""Programs that strangers take away, each a single file that imports nothing of ours."""


@dataclass(frozen=True)
class Module:
    """A module: its path from the root, its text and its syntax tree."""

    path: str
    text: str

    @functools.cached_property
    def tree(self) -> ast.Module:
        """The syntax tree."""
        return ast.parse(self.text)

    @property
    def docstring(self) -> str | None:
        """The docstring of the whole module."""
        return ast.get_docstring(self.tree)

    def uses(self, name: str) -> bool:
        """Tell whether a name or an attribute of that name occurs in the code."""
        return name in self.text and any(
            (isinstance(node, ast.Name) and node.id == name)
            or (isinstance(node, ast.Attribute) and node.attr == name)
            or (isinstance(node, ast.alias) and node.name.rpartition(".")[2] == name)
            for node in ast.walk(self.tree)
        )


@functools.cache
def modules(*folders: str) -> tuple[Module, ...]:
    """Return the modules below folders, in order."""
    return tuple(
        _module(path) for folder in folders for path in sorted((ROOT / folder).rglob("*.py"))
    )


@functools.cache
def _module(path: Path) -> Module:
    return Module(str(path.relative_to(ROOT)), path.read_text("utf-8"))


def everything() -> tuple[Module, ...]:
    """Return every module, tests included."""
    return modules(*CODE, "tests")


@functools.cache
def imports() -> grimp.ImportGraph:
    """Return who imports whom, of the code that runs."""
    return grimp.build_graph(*COLUMNS)


def importers(module: str) -> Iterator[str]:
    """Yield the modules that import a module, directly."""
    yield from sorted(imports().find_modules_that_directly_import(module))
