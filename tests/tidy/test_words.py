"""Words: the glossary names files that are there, and words that were replaced do not come back."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import PurePath

from tests.tidy.tree import COLUMNS, ROOT, Module, modules

GLOSSARY = (ROOT / "docs" / "glossary.md").read_text("utf-8")
ENTRY = re.compile(r"- \*\*(?P<word>[^*]+)\*\*: (?P<sentence>[^`]+\.) `(?P<file>[^`]+)`")

RETIRED = {
    "lane": "fast path", "track": "fast route", "doorman": "known callers",
    "company": "recent orgs", "bell": "wake fd", "door": "writer server",
    "arrivals": "deposits", "lasting": "lot expiry",
    "occasions": "one-time grants", "testimony": "signed checkpoints", "crew": "processes",
    "landmarks": "wallet snapshots", "chores": "scheduled work", "agenda": "due work",
    "keeper": "engine process", "trusting": "optimistic", "doubt": "unconfirmed", "upto": "until",
    "most": "limit", "said": "the thing itself", "proven": "confirmed", "plain": "fast request",
}  # fmt: skip
"""As parts of names, and what is said now. Some are kept free for what commerce needs."""

ALLOWED = {
    ("plain", "api/http/fields.py"): "PlainValidator is the library's name",
    ("plain", "api/http/health.py"): "PlainTextResponse is the library's name",
}
"""Where one may stay, with the reason."""


def test_the_glossary_is_in_order_and_has_every_word_once() -> None:
    words = [match["word"].lower() for match in _entries()]
    assert words == sorted(set(words))
    assert len(words) == sum(line.startswith("- ") for line in GLOSSARY.splitlines())


def test_the_file_that_defines_a_word_is_there() -> None:
    assert not [m["word"] for m in _entries() if not (ROOT / m["file"]).is_file()]


def test_words_that_were_replaced_do_not_come_back() -> None:
    found = {
        (word, module.path): RETIRED[word]
        for module in modules(*COLUMNS)
        for name in _names(module)
        for word in _parts(name) & RETIRED.keys()
        if (word, module.path) not in ALLOWED
    }
    assert not found


def test_rate_cards_are_called_so_in_full() -> None:
    """A card is the payers' plastic, and a gift card is called so in full, too."""
    found = {
        (name, module.path)
        for module in modules(*COLUMNS)
        for name in _names(module)
        if "cards" in _parts(name) and not {"rate", "gift"} & _parts(name)
    }
    assert not found


ANSWER = re.compile(
    r"\banswers? (its|their|of|to how|how|whole|slices|who|whose|what|up to|the r|several)",
    re.IGNORECASE,
)
"""A function returns; whoever asks over a wire is answered."""


def test_a_function_returns_and_does_not_answer() -> None:
    found = [
        f"{module.path}:{node.lineno}"
        for module in modules(*COLUMNS)
        if not module.path.startswith("api/http/")  # it does answer
        for node in ast.walk(module.tree)
        if isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant)
        if ANSWER.search(" ".join(str(node.value.value).split()))
    ]
    assert not found


def _entries() -> list[re.Match[str]]:
    return list(ENTRY.finditer(GLOSSARY))


def _names(module: Module) -> Iterator[str]:
    yield PurePath(module.path).stem
    for node in ast.walk(module.tree):
        if isinstance(node, ast.Name):
            yield node.id
        elif isinstance(node, ast.Attribute):
            yield node.attr
        elif isinstance(node, ast.arg):
            yield node.arg
        elif isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
            yield node.name


def _parts(name: str) -> set[str]:
    """Return the words of a name, whether it is written with underscores or with capitals."""
    return {part.lower() for part in re.findall(r"[A-Z]?[a-z]+|[A-Z]+(?![a-z])", name)}
