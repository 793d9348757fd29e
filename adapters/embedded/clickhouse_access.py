"""Clickhouse access: what a statement may reach: the tables of this server, and nothing else of the
machine.

ClickHouse reads files, URLs and other servers for whoever may ask it. Here the one user is granted
tables and views of the MergeTree family, and so none of the rest: table functions, engines,
dictionaries, backups and databases over files are refused by the engine itself. A few functions of
values ask for no grant; they are refused before.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import pairwise
from pathlib import Path

from adapters.embedded.clickhouse_analysts import DATABASE, POLICY, TABLES
from adapters.embedded.clickhouse_refusal import Refusal
from adapters.embedded.clickhouse_statement import Statement, tokens

_GRANTS = (
    "SHOW, SELECT, INSERT, ALTER, CREATE DATABASE, CREATE TABLE, CREATE VIEW, DROP, TRUNCATE, "
    "OPTIMIZE, KILL QUERY ON *.*",
    *(
        f"TABLE ENGINE ON {engine}"
        for engine in (
            *("Atomic", "MergeTree", "ReplacingMergeTree", "SummingMergeTree"),
            *("AggregatingMergeTree", "CollapsingMergeTree", "VersionedCollapsingMergeTree"),
            *("View", "MaterializedView", "Memory", "Null"),
        )
    ),
)
_USERS = f"""\
<clickhouse>
    <profiles><default/></profiles>
    <quotas><default/></quotas>
    <users><default>
        <password/>
        <profile>default</profile>
        <quota>default</quota>
        <networks><ip>::/0</ip></networks>
        <databases><{DATABASE}>{
    "".join(f"<{each}><filter>{POLICY}</filter></{each}>" for each in TABLES)
}</{DATABASE}></databases>
        <grants>{"".join(f"<query>GRANT {each}</query>" for each in _GRANTS)}</grants>
    </default></users>
</clickhouse>
"""
# ClickHouse does not flush an inserted part to disk by itself.
_CONFIG = """\
<clickhouse>
    <merge_tree>
        <fsync_after_insert>1</fsync_after_insert>
        <fsync_part_directory>1</fsync_part_directory>
    </merge_tree>
    <max_server_memory_usage_to_ram_ratio>0.5</max_server_memory_usage_to_ram_ratio>
    <users_config>users.xml</users_config>
    <access_control_improvements>
        <table_engines_require_grant>true</table_engines_require_grant>
    </access_control_improvements>
</clickhouse>
"""
_UNGRANTED = re.compile(rb"file|hascolumnintable", re.IGNORECASE)
"""They read files, and ask other servers, in the place of a value."""

_EVALUATING = b"format"
"""A table function whose text may hold expressions, also of the above. A table may be called so."""

_SUSPECT = re.compile(rb"file|hascolumnintable|format|\\", re.IGNORECASE)
_NAMING = (b"INTO", b"TABLE", b"EXISTS", b".")
"""What a table's name stands after."""

_OTHER_QUOTES = tuple(quote.encode() for quote in "\u2018\u2019\u201c\u201d")


def configure(home: Path, seen_as: str) -> None:
    """Write the configuration into a server's folder, which the server sees under another name."""
    (home / "users.xml").write_text(_USERS)
    (home / "config.xml").write_text(_CONFIG.replace("users.xml", f"{seen_as}/users.xml"))


def require_granted(statement: Statement) -> None:
    """Refuse what names a function that would need a grant and has none."""
    text = statement.sql.encode()
    if statement.data is not None and (statement.format or "").lower() == "values":
        text += b" " + statement.data  # values may be expressions
    if not _SUSPECT.search(text):
        return
    before = b""
    for name, is_called in _names(text):
        evaluates = is_called and name.lower() == _EVALUATING and before not in _NAMING
        if evaluates or _UNGRANTED.fullmatch(name):
            raise Refusal(497, f"Not enough privileges: {name.decode()} is not for this server.")
        before = name.upper()


def _names(text: bytes) -> Iterator[tuple[bytes, bool]]:
    """Yield every name and sign of a statement, and whether a bracket opens after it. Quotes that
    we do not read as ClickHouse does, and escapes in names, could hide one: then all words
    count."""
    found = [*tokens(text), None]
    for token, after in pairwise(found):
        assert token is not None
        name, is_called = token.text, after is not None and after.text == b"("
        if name[:1] in (b"`", b'"'):
            if b"\\" in name:
                raise Refusal(62, "Syntax error: write names without a backslash.")
            name = name[1:-1]
        if token.is_word or name != token.text or len(name) == 1:
            yield name, is_called
    if any(quote in text for quote in _OTHER_QUOTES):
        yield from ((word, True) for word in re.findall(rb"\w+", text))
