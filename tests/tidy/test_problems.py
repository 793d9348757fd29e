"""Problems: each kind of the one list is met by a test that fails where it is not."""

from __future__ import annotations

import ast
from collections.abc import Iterator

from api.http.problem_table import PROBLEMS
from tests.reached import MARK
from tests.tidy.tree import Module, modules


def test_every_kind_of_problem_is_met_by_a_test() -> None:
    """The mark alone would prove nothing: `tests/reached.py` fails a test that is marked with what
    it does not meet."""
    marked = {code for module in modules("tests") for code in _marked(module)}
    unmet = PROBLEMS.keys() - marked
    assert not unmet, f"mark a test that meets it, as @pytest.mark.{MARK}('{min(unmet)}')"
    assert marked <= PROBLEMS.keys(), "a mark names what is not in schemas/errors.yaml"


def _marked(module: Module) -> Iterator[str]:
    """The codes that the tests of a module are marked with, but for those that may be skipped."""
    if f"mark.{MARK}" not in module.text:
        return
    for test in ast.walk(module.tree):
        if not isinstance(test, ast.FunctionDef) or not test.name.startswith("test_"):
            continue
        for mark in test.decorator_list:
            if isinstance(mark, ast.Call) and ast.unparse(mark.func) == f"pytest.mark.{MARK}":
                assert "skip" not in ast.unparse(test), f"{test.name} may be skipped"
                yield from map(ast.literal_eval, mark.args)
