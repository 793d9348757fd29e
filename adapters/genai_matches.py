"""The match rules of `genai-prices` as patterns: `*` is any text, `#` any digit.

The list looks at names in lower case. Of regular expressions only what it uses is known: texts,
classes, digits, groups, and a look ahead for what must not come.
"""

from __future__ import annotations

import itertools
import re
from collections.abc import Iterable, Iterator

from genai_prices.types import (
    ClauseAnd,
    ClauseContains,
    ClauseEndsWith,
    ClauseEquals,
    ClauseOr,
    ClauseRegex,
    ClauseStartsWith,
    MatchLogic,
)

from ledger.rating.listed import Pattern
from ledger.rating.names import is_pattern

_END = "\0"
_SPECIAL = {"$": _END, ".*": "*", r"\d": "#"}
_NOT_AHEAD = re.compile(r"\^\(\?!(?P<body>.*)\)")
_TOKEN = re.compile(r"\\d|\\.|\[[^\]\\^][^\]\\]*\]|\.\*|\(\?:|[()|?$]|\{(\d+)\}|[^\\\[\](){}.+*^]")


class Inexpressible(Exception):
    """A rule that patterns cannot say."""


def patterns_of(match: MatchLogic) -> list[Pattern]:
    """Return the patterns of which one must fit. Raises Inexpressible."""
    match match:
        case ClauseOr(or_=rules):
            return [pattern for rule in rules for pattern in patterns_of(rule)]
        case ClauseAnd(and_=rules):
            return _all_of(rules)
        case ClauseRegex(regex=regex):
            return [Pattern(text) for text in _texts(regex)]
        case ClauseEquals(equals=text):
            return [Pattern(_literal(text))]
        case ClauseStartsWith(starts_with=text):
            return [Pattern(f"{_literal(text)}*")]
        case ClauseEndsWith(ends_with=text):
            return [Pattern(f"*{_literal(text)}")]
        case ClauseContains(contains=text):
            return [Pattern(f"*{_literal(text)}*")]
    raise Inexpressible(f"{match}")


def _literal(text: str) -> str:
    if is_pattern(text):
        raise Inexpressible(f"{text} itself holds a wildcard")
    return text.lower()


def _all_of(rules: Iterable[MatchLogic]) -> list[Pattern]:
    """Return a text that begins in some way without something after it; or that holds several
    texts."""
    wanted: list[Pattern] = []
    parts: list[str] = []
    excluding: list[str] = []
    for rule in rules:
        ahead = _NOT_AHEAD.fullmatch(rule.regex) if isinstance(rule, ClauseRegex) else None
        if ahead:
            excluding += _texts(f"^{ahead['body']}")
        elif isinstance(rule, ClauseContains):
            parts.append(_literal(rule.contains))
        else:
            wanted += patterns_of(rule)
    if parts and not wanted and not excluding:
        return [Pattern(f"*{'*'.join(order)}*") for order in itertools.permutations(parts)]
    if parts or len(wanted) != 1:
        raise Inexpressible(f"{rules}")
    return [Pattern(wanted[0].name, tuple(excluding))]


# -- regular expressions -------------------------------------------------------------------------


def _texts(regex: str) -> list[str]:
    """Return the patterns of a regular expression."""
    is_anchored = regex.startswith("^")
    tokens = list(_tokens(regex.removeprefix("^")))
    found = _alternatives(tokens)
    if tokens:
        raise Inexpressible(regex)
    return list(dict.fromkeys(_whole(text, is_anchored) for text in found))


def _whole(text: str, is_anchored: bool) -> str:
    body, end, rest = text.partition(_END)
    if rest:
        raise Inexpressible(text)
    head = "" if is_anchored else "*"
    return (head + body + ("" if end else "*")).lower()


def _tokens(regex: str) -> Iterator[str]:
    place = 0
    while place < len(regex):
        token = _TOKEN.match(regex, place)
        if token is None:
            raise Inexpressible(regex)
        yield token[0]
        place = token.end()


def _alternatives(tokens: list[str]) -> list[str]:
    """Return what the tokens up to the end of the group may be; they are taken."""
    found = _sequence(tokens)
    while tokens and tokens[0] == "|":
        tokens.pop(0)
        found += _sequence(tokens)
    return found


def _sequence(tokens: list[str]) -> list[str]:
    found = [""]
    while tokens and tokens[0] not in "|)":
        choices = _item(tokens)
        if tokens and tokens[0] == "?":
            tokens.pop(0)
            choices = [*choices, ""]
        elif tokens and tokens[0].startswith("{"):
            times = int(tokens.pop(0)[1:-1])
            choices = ["".join(each) for each in itertools.product(choices, repeat=times)]
        found = [before + choice for before in found for choice in choices]
    return found


def _item(tokens: list[str]) -> list[str]:
    token = tokens.pop(0)
    if token in ("(", "(?:"):
        inside = _alternatives(tokens)
        if not tokens or tokens.pop(0) != ")":
            raise Inexpressible(token)
        return inside
    if token.startswith("["):
        if "-" in token[2:-2]:
            raise Inexpressible(token)
        return list(dict.fromkeys(token[1:-1].lower()))
    return [_SPECIAL[token]] if token in _SPECIAL else [_unescaped(token)]


def _unescaped(token: str) -> str:
    text = token.removeprefix("\\")
    if is_pattern(text) or token in "?{" or (token != text and text.isalnum()):
        raise Inexpressible(token)
    return text
