"""Docstrings in form: a module begins with its noun, a function with a verb (docs/style.md)."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import PurePath

from tests.tidy.tree import COLUMNS, Module, modules

QUESTIONS = {"what", "whether", "who", "whom", "whose", "where", "when", "which", "how", "why"}
NO_VERBS = QUESTIONS | {
    *("the", "a", "an", "every", "each", "all", "both", "some", "any", "one", "two", "few", "no"),
    *("these", "those", "this", "that", "its", "our", "it", "there", "nothing", "nobody"),
    *("everything", "something", "whatever", "as", "in", "from", "up", "until", "with", "answer"),
}
"""With what a function's docstring does not begin: it says what the function does."""

REPEATED = {
    *("routes", "bodies", "answers", "permissions", "ports", "inspection", "hooks", "lookup"),
    *("context", "lists", "__init__", "__main__"),
}
"""Files of one name in every context: their docstrings begin with what they are about."""


ALLOWED = {
    "ledger/credits/ports.py": "a port that is asked: each method is called after what it returns",
    "ledger/privacy/ports.py": "as above",
    "ledger/rating/ports.py": "as above",
    "ledger/verification/evidence.py": "as above",
}
"""Where docstrings are otherwise, with the reason."""


def test_a_module_says_its_noun() -> None:
    assert not [
        module.path
        for module in modules(*COLUMNS)
        if module.path not in ALLOWED and not _is_called_so(module)
    ]


def test_a_function_says_what_it_does() -> None:
    """Private ones may say why instead; a handler's docstring is a text of the contract."""
    found = [
        f"{module.path}:{function.lineno} {docstring.splitlines()[0]}"
        for module in modules(*COLUMNS)
        if module.path not in ALLOWED
        for function in _functions(module)
        if (docstring := ast.get_docstring(function))
        and re.split(r"\W", docstring.casefold(), maxsplit=1)[0] in NO_VERBS
    ]
    assert not found, "\n".join(found)


def test_a_first_sentence_ends() -> None:
    assert not [
        f"{module.path}:{node.lineno}"
        for module in modules(*COLUMNS)
        for node in ast.walk(module.tree)
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef)
        and (docstring := ast.get_docstring(node))
        and not docstring.rstrip().endswith((".", ":", "`", "!", ")"))
    ]


def _functions(module: Module) -> Iterator[ast.FunctionDef | ast.AsyncFunctionDef]:
    for node in ast.walk(module.tree):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            decorators = [ast.unparse(each) for each in node.decorator_list]
            is_property = any("property" in each for each in decorators)
            is_handler = any(each.startswith("router.") for each in decorators)
            if not (is_property or is_handler or node.name.startswith("_")):
                yield node


def _is_called_so(module: Module) -> bool:
    path = PurePath(module.path)
    if module.docstring is None:
        return path.name == "__init__.py" and not module.text.strip()
    words = re.findall(r"[a-z0-9]+", module.docstring.casefold())
    if words[0] in QUESTIONS:
        return False
    if path.stem in REPEATED or path.parent.name in REPEATED:
        return True
    nouns = [_singular(word) for word in path.stem.split("_")]
    return any(
        _singular(word) == noun or (len(noun) > 3 and word.startswith(noun[:-1]))
        for word in words[:9]
        for noun in nouns
    )


def _singular(word: str) -> str:
    for plural, singular in (("ies", "y"), ("sses", "ss"), ("s", "")):
        if word.endswith(plural):
            return word.removesuffix(plural) + singular
    return word
