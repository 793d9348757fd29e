"""Clickhouse analysts: who may read the analysts' tables of one org, and nothing else.

chdb has one user and no SQL for others. So an analyst of an org logs in here with a password made
of the server's own, and what they ask runs as the one user with two settings that their statement
cannot change: read-only, and the org's name, which the row policies of the tables compare with. As
policies are of tables, other databases and statements that tell of the server are refused before.
"""

from __future__ import annotations

import hmac
from collections.abc import Iterable, Mapping
from itertools import pairwise
from urllib.parse import quote, unquote, urlsplit

from adapters.embedded.clickhouse_refusal import Refusal
from adapters.embedded.clickhouse_statement import Statement, tokens

DATABASE = "tally"
TABLES = (
    *("usage", "ledger_events", "transactions", "purchases", "usage_sums"),
    *("invoices", "invoice_lines", "subscriptions", "stock_movements", "order_lines"),
    *("abandoned_carts", "placed_orders"),
)
"""What has an org in every row."""

SETTING = "log_comment"
"""chdb knows no settings of ours, and this one does nothing: it names the org."""

POLICY = f"getSetting('{SETTING}') = '' OR org = getSetting('{SETTING}')"

_PREFIX = "analyst."
_ASKING = frozenset(b"SELECT WITH ( DESCRIBE DESC".split())
_TELLING = ([b"settings"], [b"one"], [b"functions"])
"""Of the database `system`, what says nothing of others; clients ask for settings."""

_MAKING = frozenset(b"numbers numbers_mt zeros zeros_mt generate_series values view null".split())
"""Table functions that make their rows themselves, or ask a question that is looked at as any."""

_LIMITS = {
    "readonly": "1",
    "max_execution_time": "60",
    "max_memory_usage": str(4 * 1024**3),
}


def url_of(clickhouse_url: str, org: str) -> str:
    """Return the URL for the analysts of an org, of the server's own."""
    parts = urlsplit(clickhouse_url)
    secret = password_of(unquote(parts.password or ""), org)
    place = f"{parts.hostname}:{parts.port}"
    return f"http://{quote(_PREFIX + org, safe='')}:{secret}@{place}/{DATABASE}"


def password_of(secret: str, org: str) -> str:
    """Return the password of an org's analysts: nobody has it written down."""
    return hmac.new(secret.encode(), f"{_PREFIX}{org}".encode(), "sha256").hexdigest()


def org_of(user: str) -> str | None:
    """Return the org whose analyst a user's name says it is."""
    return user.removeprefix(_PREFIX) if user.startswith(_PREFIX) and user != _PREFIX else None


def settings_of(org: str) -> dict[str, str]:
    """Return what an analyst's statement runs with, whatever it asks for."""
    return {**_LIMITS, SETTING: org}


def require_of_tables(
    statement: Statement,
    parameters: Mapping[str, str],
    databases: Iterable[str],
    table_functions: Iterable[str],
) -> None:
    """Refuse what is no question to the analysts' tables."""
    text = statement.sql.encode()
    words = [token.text for token in tokens(text)]
    if statement.data is not None or not words or words[0].upper() not in _ASKING:
        raise Refusal(497, "Not enough privileges: analysts ask with SELECT.")
    others = {name.lower().encode() for name in databases if name} - {DATABASE.encode()}
    for given in parameters.values():
        _require_none_of(others, given.encode())
    functions = {name.lower().encode() for name in table_functions} - _MAKING
    for name, after in pairwise(words):
        if after == b"(" and name.strip(b'`"').lower() in functions:
            raise Refusal(497, f"Not enough privileges: {name.decode()} is not for analysts.")
    for place, word in enumerate(words):
        if [*map(bytes.lower, words[place : place + 2])] != [b"system", b"."] or (
            words[place + 2 : place + 3] not in _TELLING
        ):
            _require_none_of(others, word)


def _require_none_of(others: set[bytes], word: bytes) -> None:
    is_quoted = word[:1] in (b"`", b'"')
    if is_quoted and b"\\" in word:
        raise Refusal(62, "Syntax error: write names without a backslash.")
    if (word[1:-1] if is_quoted else word).lower() in others:
        raise Refusal(497, f"Not enough privileges: {word.decode()} is not for analysts.")
