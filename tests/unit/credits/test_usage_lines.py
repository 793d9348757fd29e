"""Fast lines are read to just what the model reads them to; nothing else is taken for fast."""

from __future__ import annotations

import json
from typing import Any

import msgspec
import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from api.http.auth.caller import Caller
from api.http.credits import bodies
from api.http.credits.batches import fast_batch
from api.http.credits.usage_lines import fast_use
from api.http.credits.uses import use_of
from api.http.fields import parse
from api.http.json_body import decode
from api.queries.tenancy.directory import Credential
from ledger.credits.usage import Use
from ledger.kernel.actor import Actor
from ledger.kernel.errors import LedgerError
from ledger.kernel.roles import Role
from ledger.kernel.texts import blind


class FixedSalt:
    """The one thing that lines ask of a service: bytes for a salt."""

    def random(self, count: int) -> bytes:
        return bytes(count)


CALLER = Caller(
    FixedSalt(),  # type: ignore[arg-type]
    Credential("acme", "key", Role.GATEWAY, "the-gateway"),
    "acme",
    Actor("the-gateway", "key", "request"),
    blind("{}", "origin", "the-gateway", bytes(16)),
)

TEXTS = st.one_of(
    st.sampled_from(["", "a", "m-1", "é", "a\tb", "\x00", "x" * 255, "x" * 256, "@pool", "a b"]),
    st.text(max_size=12),
)
NUMBERS = st.one_of(
    st.integers(-2, 10**19), st.sampled_from([10**15, 10**15 + 1, 1.0, 1.5, True, 2**63])
)
VALUES = {
    "amount": st.one_of(NUMBERS, st.sampled_from(["1", "10.50", "0", "-1", "1e3", "0.0000001"])),
    "occurred_at": st.one_of(
        TEXTS,
        NUMBERS,
        st.sampled_from(["2026-02-01T12:00:00Z", "2026-02-01T12:00:00.123456+00:00", "2026-13-01"]),
    ),
    "on_shortfall": st.sampled_from(["debt", "reject", "no"]),
    "quantities": st.dictionaries(
        st.one_of(TEXTS, st.sampled_from(["images", "input_tokens", "Minutes"])),
        NUMBERS,
        max_size=3,
    ),
    "metadata": st.dictionaries(TEXTS, st.one_of(TEXTS, NUMBERS), max_size=3),
    **dict.fromkeys(["user", "model", "service", "project", "provider"], TEXTS),
    **dict.fromkeys(
        ["input_tokens", "cached_tokens", "cache_write_tokens", "output_tokens"], NUMBERS
    ),
    "unknown": TEXTS,
}
ANYTHING = st.one_of(st.none(), TEXTS, NUMBERS, st.lists(TEXTS, max_size=2))
LINES = st.fixed_dictionaries(
    {"id": st.one_of(TEXTS, ANYTHING)},
    optional={name: st.one_of(values, values, ANYTHING) for name, values in VALUES.items()},
)

NAMES = st.text(st.characters(codec="utf-8", exclude_categories=["C"]), min_size=1, max_size=9)
COUNTS = st.integers(0, 10**15)
GOOD_LINES = st.fixed_dictionaries(
    {"id": NAMES},
    optional={
        "amount": st.one_of(st.integers(1, 10**9), st.sampled_from(["1", "10.50", "0.000001"])),
        "occurred_at": st.datetimes().map(lambda at: at.isoformat() + "Z"),
        "on_shortfall": st.sampled_from(["debt", "reject"]),
        "quantities": st.dictionaries(
            st.from_regex(r"[a-z][a-z0-9_]{0,8}", fullmatch=True), COUNTS
        ),
        "metadata": st.dictionaries(NAMES, NAMES, max_size=3),
        "user": st.from_regex(r"[A-Za-z0-9][A-Za-z0-9._:/@-]{0,9}", fullmatch=True),
        **dict.fromkeys(["model", "service", "project", "provider"], NAMES),
        **dict.fromkeys(["input_tokens", "output_tokens", "cached_tokens"], COUNTS),
    },
)


def by_the_model(text: bytes) -> Use | None:
    """The use, or None when the line is refused."""
    try:
        return use_of(parse(bodies.UsageBody, decode(text)), CALLER)
    except LedgerError:
        return None


@given(LINES, st.booleans())
@example({"id": "a", "amount": "10.50", "metadata": {"a": "b"}}, False)
@example({"id": "a", "amount": 1.0}, False)
@example({"id": "a", "model": "m", "input_tokens": 5, "cached_tokens": 6}, False)
@example({"id": "a", "user": None, "amount": True}, False)
def test_a_line_that_is_fast_means_what_the_model_says(
    line: dict[str, Any], ascii_only: bool
) -> None:
    text = json.dumps(line, ensure_ascii=ascii_only).encode("utf-8", "surrogatepass")
    fast = fast_use(text, CALLER)
    assert fast is None or fast == by_the_model(text)


@given(GOOD_LINES)
@example({"id": "a", "occurred_at": "9999-10-01T00:00:00Z"})
def test_a_good_line_means_what_the_model_says(line: dict[str, Any]) -> None:
    text = msgspec.json.encode(line)
    fast = fast_use(text, CALLER)
    assert fast == by_the_model(text) or (fast is None and b"\\" in text)


@given(st.binary(max_size=60))
def test_what_is_no_line_is_not_fast(text: bytes) -> None:
    assert fast_use(text, CALLER) is None
    assert fast_batch(text) is None


@pytest.mark.parametrize(
    "line",
    [
        {"id": "a", "user": "ada", "model": "m", "input_tokens": 1, "output_tokens": 2},
        {"id": "a", "amount": "10.50", "on_shortfall": "reject", "service": "chat"},
        {"id": "a", "amount": 3, "occurred_at": "2026-02-01T12:00:00Z", "project": "p"},
        {"id": "é", "model": "m", "quantities": {"b": 1, "a": 2}, "provider": "x"},
        {"id": "a", "model": "m", "input_tokens": 9, "cached_tokens": 4, "metadata": {"k": "v"}},
    ],
)
def test_usual_lines_are_fast(line: dict[str, Any]) -> None:
    text = msgspec.json.encode(line)
    fast = fast_use(text, CALLER)
    assert fast is not None
    assert fast == by_the_model(text)


@pytest.mark.parametrize(
    "text",
    [
        b'{"id": "a", "amount": 1, "amount": 2}',
        b'{"id": "a", "id": "a", "amount": 1}',
        b'{"id": "a", "amount": 1, "metadata": {"k": "v", "k": "v"}}',
        b'{"id": "a", "model": "m", "quantities": {"a": 1, "a": 1}}',
        b'{"id": "\\u0061", "amount": 1}',
        b'{"id": "a", "amount": 1} ,',
    ],
)
def test_a_name_twice_and_an_escape_are_not_fast(text: bytes) -> None:
    assert fast_use(text, CALLER) is None


@pytest.mark.parametrize(
    "body",
    [
        b'{"mode": "atomic", "items": [], "items": [{"id": "a"}]}',
        b'{"mode": "atomic", "mode": "independent", "items": [{"id": "a"}]}',
        b'{"mode": "atomic", "items": [{"id": "a"}], "more": 1}',
        b'{"mode": "both", "items": [{"id": "a"}]}',
        b'{"items": [{"id": "a"}]}',
    ],
)
def test_a_batch_that_is_not_fast(body: bytes) -> None:
    assert fast_batch(body) is None


def test_a_batch_is_its_mode_and_its_items() -> None:
    body = b'{"mode": "atomic", "items": [ {"id": "a"} , 5]}'
    assert fast_batch(body) == ("atomic", [b'{"id": "a"}', b"5"])
