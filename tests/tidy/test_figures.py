"""Figures: what a comment says of a speed names the benchmark that gives it, or says no figure."""

from __future__ import annotations

import ast
import io
import re
import tokenize
from collections.abc import Iterator

import pytest

from tests.tidy.tree import COLUMNS, ROOT, Module, modules

FIGURE = re.compile(
    r"\bmeasured\b|[0-9]\s?(?:ms|us|µs|ns|milliseconds?|microseconds?|nanoseconds?)\b"
    r"|[0-9]\s?(?:[a-z]+\s)?(?:a|per) second\b|[0-9]\s?(?:[a-z]+)?/s\b",
    re.IGNORECASE,
)
"""A time too short for a limit, a rate, or the claim that somebody has looked."""

BENCHMARK = re.compile(r"`?(bench/[a-z_]+\.py)`?")


@pytest.mark.parametrize("column", COLUMNS)
def test_a_figure_names_the_benchmark_that_gives_it(column: str) -> None:
    found = [
        f"{module.path}:{line} {said}"
        for module in modules(column)
        for line, text in _prose(module)
        if (said := _figure(text)) and not BENCHMARK.search(text)
    ]
    assert not found


def test_the_benchmarks_that_are_named_are_there() -> None:
    named = {name for module in modules(*COLUMNS) for name in BENCHMARK.findall(module.text)}
    assert named
    assert not [name for name in named if not (ROOT / name).is_file()]


@pytest.mark.parametrize("text", ["takes 60 us each", "10,000 lines a second", "300 MB/s"])
def test_a_figure_is_seen(text: str) -> None:
    assert _figure(text)


@pytest.mark.parametrize("text", ["the first of 12 lines", "within 30 s", "2**-128", "us, at 9"])
def test_a_number_is_no_figure(text: str) -> None:
    assert not _figure(text)


def _figure(text: str) -> str:
    match = FIGURE.search(text)
    return match.group() if match else ""


def _prose(module: Module) -> Iterator[tuple[int, str]]:
    for node in ast.walk(module.tree):
        if isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant):
            yield node.lineno, str(node.value.value)
    yield from _comments(module.text)


def _comments(text: str) -> Iterator[tuple[int, str]]:
    """Yield comments, those of lines that follow one another as one."""
    begins, last, block = 0, -1, ""
    for token in tokenize.generate_tokens(io.StringIO(text).readline):
        if token.type != tokenize.COMMENT:
            continue
        line = token.start[0]
        if line != last + 1:
            if block:
                yield begins, block
            begins, block = line, ""
        block, last = f"{block} {token.string}", line
    if block:
        yield begins, block
