"""One SQL statement as the HTTP interface receives it: what it is, and where its data begins."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise

from adapters.embedded.clickhouse_refusal import Refusal

# Only as much of ClickHouse's lexer as tells words from quoted text, comments and brackets.
_TOKEN = re.compile(
    rb"""(?P<skip>\s+|--[^\n]*|\#[ !][^\n]*|/\*.*?\*/)
    |(?P<quoted>'(?:[^'\\]|\\.)*'|"(?:[^"\\]|\\.)*"|`(?:[^`\\]|\\.)*`|\$(?P<tag>\w*)\$.*?\$(?P=tag)\$)
    |(?P<word>[A-Za-z_]\w*)
    |(?P<other>[0-9][\w.]*|.)""",
    re.VERBOSE | re.DOTALL,
)
_AFTER_FORMAT = re.compile(rb"[ \t\f]*\r?\n?")
_WITH_RESULT = frozenset(
    b"SELECT WITH FROM SHOW DESC DESCRIBE EXISTS EXPLAIN CHECK KILL VALUES".split()
)
_ADDING = frozenset(b"CREATE ALTER ATTACH OPTIMIZE RESTORE".split())
_NEED_SESSION = frozenset(b"SET USE BEGIN COMMIT ROLLBACK".split())


@dataclass(frozen=True)
class Token:
    text: bytes
    is_word: bool
    depth: int
    start: int
    end: int

    def is_keyword(self, keyword: bytes) -> bool:
        return self.is_word and self.depth == 0 and self.text.upper() == keyword


@dataclass(frozen=True)
class Statement:
    """`sql` to run. An INSERT with inline data has the `data` and its `format` apart;
    a query has the `format` it names itself, if it does; `adds`: it needs room on the disk."""

    sql: str
    data: memoryview | None = None
    format: str | None = None
    has_result: bool = False
    adds: bool = False

    @classmethod
    def parse(cls, text: bytes) -> Statement:
        """Parse it. Raises Refusal for what needs a session or a client at the other end."""
        found = tokens(text)
        first = next((token for token in found if token.text != b"("), None)
        if first is None:
            raise Refusal(62, "Empty query.")
        if first.text.upper() == b"INSERT":
            return _insert(text, found)
        return _other(text, [first, *found])


def tokens(text: bytes) -> Iterator[Token]:
    """Yield the tokens of a statement, without what is skipped."""
    depth = 0
    for match in _TOKEN.finditer(text):
        if match.lastgroup == "skip":
            continue
        found = match.group()
        depth -= found in (b")", b"]", b"}")
        is_word = match.group("word") is not None
        yield Token(found, is_word, depth, match.start(), match.end())
        depth += found in (b"(", b"[", b"{")


def _insert(text: bytes, tokens: Iterator[Token]) -> Statement:
    """Read up to the word that says where the rows come from; what follows may be binary."""
    before = b""
    for token in tokens:
        named = before in (b"INTO", b"TABLE", b".")  # a table may be called "format"
        before = token.text.upper()
        if named or not token.is_word or token.depth:
            continue
        if before == b"VALUES":
            return _with_data(text, token, token, b"Values")
        if before == b"FORMAT" and (name := next(tokens, None)):
            return _with_data(text, token, name, name.text)
        if before == b"FROM":
            raise Refusal(48, "INSERT FROM INFILE reads a file of the client: send the data.")
        if before in (b"SELECT", b"WITH"):
            return _other(text, [token, *tokens], is_insert=True)
    return Statement(_decoded(text))  # malformed: the engine says how


def _with_data(text: bytes, keyword: Token, last: Token, name: bytes) -> Statement:
    """As in ClickHouse: blanks and at most one line end separate the statement from its data."""
    begin = last.end
    if (match := _AFTER_FORMAT.match(text, begin)) is not None:
        begin = match.end()
    head = _decoded(text[: keyword.start])
    return Statement(head, memoryview(text)[begin:], _decoded(name), adds=True)


def _other(text: bytes, tokens: list[Token], *, is_insert: bool = False) -> Statement:
    _refuse_several(tokens)
    _refuse_client_side(tokens)
    first = tokens[0].text.upper()
    return Statement(
        _decoded(text),
        format=_named_format(tokens),
        has_result=first in _WITH_RESULT and not is_insert,
        adds=is_insert or first in _ADDING,
    )


def _refuse_several(tokens: list[Token]) -> None:
    for token, after in pairwise(tokens):
        if token.text == b";" and after.text != b";":
            raise Refusal(62, "Syntax error: multi-statements are not allowed.")


def _refuse_client_side(tokens: list[Token]) -> None:
    words = [token.text.upper() if token.depth == 0 else b"" for token in tokens]
    if words[0] in _NEED_SESSION:
        raise Refusal(
            48,
            f"{words[0].decode()} would outlive its request: the embedded ClickHouse keeps no "
            "sessions. Send settings and the database with each request.",
        )
    if words[0] in (b"CREATE", b"DROP", b"ATTACH") and b"TEMPORARY" in words[1:4]:
        raise Refusal(48, "Temporary tables need a session: the embedded ClickHouse keeps none.")
    if words[0] == b"SYSTEM" and words[1:2] in ([b"SHUTDOWN"], [b"KILL"]):
        raise Refusal(
            48,
            "The supervisor of the embedded engines stops them, not SYSTEM SHUTDOWN.",
        )
    if (b"INTO", b"OUTFILE") in pairwise(words):
        raise Refusal(48, "INTO OUTFILE writes a file of the client: read the answer instead.")


def _named_format(tokens: list[Token]) -> str | None:
    """Return the last `FORMAT name` that ends the statement or is followed by SETTINGS."""
    for position in range(len(tokens) - 2, 0, -1):
        token, name, *after = tokens[position : position + 3]
        if token.is_keyword(b"FORMAT") and name.is_word:
            ends = not after or after[0].text == b";" or after[0].is_keyword(b"SETTINGS")
            return name.text.decode() if ends else None
    return None


def _decoded(text: bytes) -> str:
    try:
        return text.decode()
    except UnicodeDecodeError:
        raise Refusal(62, "Syntax error: the statement is not UTF-8.") from None
