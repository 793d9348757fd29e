"""Requests as nobody should send them: good ones, drawn by a seed, with a few things changed."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from random import Random
from typing import Any, NamedTuple

CALLER, HOLD, CRLF = b"{caller}", b"{hold}", b"\r\n"
"""`{caller}` stands for a secret and `{hold}` for a hold, which each path has of its own."""

BILLING = "/v1/billing"
USERS = ["ada", "bob", "@pool", "Ada", "a b", "", "é", "x" * 256, None]
TEXTS = ["m", "m-2", "é", "\u200b", "a\tb", "\x7f", "x" * 255, "x" * 256, "", 5, None, ["m"], {}]
AMOUNTS = [1, "1", "0.5", "0.0000001", 0, -1, "-1", 1.0, "1e3", 10**19, True, None, "\uff19", "1 "]
COUNTS = [0, 1, 1000, 10**15, 10**15 + 1, -1, 1.5, "1", None, True, 2**63, 2**64]
TIMES = ["2026-02-01T12:00:00Z", "2026-02-01T12:00:00+01:00", "2999-01-01T00:00:00Z", "no", None]
SECONDS = [600, 3600, 0, -1, 10**9, "600", 600.0, True, None]
ODD: list[Any] = [None, True, [], {}, [[]], 0, "x", {"a": {"b": [1]}}]

LINE: dict[str, list[Any]] = {
    "id": ["a-1", "a-2", "é", *TEXTS],
    "user": USERS,
    "amount": AMOUNTS,
    "model": ["m", "m", *TEXTS],
    "input_tokens": COUNTS,
    "cached_tokens": COUNTS,
    "cache_write_tokens": COUNTS,
    "output_tokens": COUNTS,
    "quantities": [{}, {"images": 1}, {"images": -1}, {"Im": 1}, {"input_tokens": 1}, *ODD],
    "metadata": [{}, {"k": "v"}, {"k": 1}, {"k": "\u202e"}, {"": "v"}, *ODD],
    "occurred_at": TIMES,
    "on_shortfall": ["debt", "reject", "no", None],
    "project": TEXTS,
    "service": TEXTS,
    "provider": TEXTS,
    "unknown": ODD,
}
HOLD_FIELDS: dict[str, list[Any]] = {
    "user": USERS,
    "amount": AMOUNTS,
    "model": ["m", *TEXTS],
    "input_tokens": COUNTS,
    "max_output_tokens": COUNTS,
    "expires_in": SECONDS,
    "reference": TEXTS,
    "project": TEXTS,
    "unknown": ODD,
}
CAPTURE_FIELDS = {name: LINE[name] for name in ("id", "amount", "model", "input_tokens", "unknown")}
EXTEND_FIELDS: dict[str, list[Any]] = {"expires_in": SECONDS, "unknown": ODD}

HOLD_IDS = [
    *[HOLD] * 20,
    *[b"hold_" + b"0" * 24, b"HOLD_" + b"0" * 24, b"hold_" + b"0" * 23, b"hold_" + b"0" * 25],
    *[HOLD + b"%0A", b"%00", b"a%2Fb", b"..", b"", b"%20", b"%68old_" + b"0" * 24, b"%FF", b"a/b"],
    *["hold_é".encode(), b"hold_%C3%A9", HOLD + b"%20", HOLD + b";x", b"*", b"%", b"hold_%zz"],
]
QUERIES = [b""] * 40 + [b"?", b"?x=1", b"?user=ada", b"?user=ada&user=bob", b"?%75ser=ada", b"?&&"]
READS = [
    *[b"", b"?user=ada", b"?user=ada&asset=credit", b"?asset=usd", b"?asset=", b"?user=", b"?"],
    *[b"?user=ada&user=bob", b"?users=ada", b"?user=a+b", b"?user=%61da", b"?user=%FF", b"?user"],
    *[b"?user=ada;asset=usd", b"?asset=gold", b"?as_of=1", b"?as_of=x", b"?user=%40pool", b"?=ada"],
]
MEDIA_TYPES = [
    *["application/json"] * 60,
    *["Application/JSON; charset=UTF-8", 'application/json; charset="utf-8"', "application/json;"],
    *["application/json; charset=latin-1", "text/plain", "", "application/json, text/plain"],
]
KEYS = [b"k-1", b"k-2", b"k-3", b"k 4", b"", b"\xc3\xa9", b"\xa0", b"a\tb", b"x" * 255, b"x" * 256]
CREDENTIALS = [
    *[b"Bearer " + CALLER] * 90,
    *[b"bearer " + CALLER, b"Bearer  " + CALLER, b"Bearer " + CALLER + b"\xa0", b"Basic " + CALLER],
    *[b"Bearer", b"Bearer x", b"", CALLER, b"Bearer\t" + CALLER, b"Bearer " + CALLER + b" x"],
]
EXTRAS = [
    *[b"X-Org: acme", b"X-Request-Id: mine", b"X-Request-Id: \xe9", b"Content-Encoding: gzip"],
    *[b"Content-Encoding: identity", b"Expect: 100-continue", b"Accept: text/html", b"Range: x"],
    *[b"Idempotency-Key: k-9", b"Content-Type: application/json", b"If-None-Match: *"],
    *[b"Authorization: Bearer " + CALLER, b"User-Agent: \x9b", b"User-Agent: b", b"Connection: x"],
    *[b"Connection: Upgrade\r\nUpgrade: h2c", b"X-Forwarded-Host: x", b"Host: y", b"Cookie: a=b"],
]
DEEP = [20, 31, 40, 900, 1000, 2000]


class Drawn(NamedTuple):
    """A request, its placeholders not filled in yet."""

    method: bytes
    path: bytes
    lines: list[bytes]
    body: bytes
    chunks: int
    """0: with a length."""


def drawn(random: Random) -> Drawn:
    """A request that is mostly good."""
    kind: Callable[[Random], tuple[bytes, bytes, bytes]] = random.choices(
        [_use, _batch, _place, _end, _read], [5, 6, 4, 5, 2]
    )[0]
    method, path, body = kind(random)
    if random.random() < 0.03:
        method = random.choice([b"PUT", b"GET", b"HEAD", b"POST", b"DELETE", b"OPTIONS", b"PATCH"])
    if random.random() < 0.04:
        path = _other(random, path)
    if random.random() < 0.15:
        body = _broken(random, body)
    chunks = random.randint(1, 3) if body and random.random() < 0.1 else 0
    return Drawn(method, path, list(_lines(random, body)), body, chunks)


def _use(random: Random) -> tuple[bytes, bytes, bytes]:
    path = f"{BILLING}/usage".encode() + random.choice(QUERIES)
    return b"POST", path, _written(random, _fields(random, LINE, _good_line(random)))


def _batch(random: Random) -> tuple[bytes, bytes, bytes]:
    items = []
    for _ in range(random.choice([0, 1, 1, 2, 3, 3, 5])):
        line = _fields(random, LINE, _good_line(random))
        items.append(_written(random, random.choice([line] * 9 + ODD)))
        if random.random() < 0.15:
            items[-1] = _broken(random, items[-1])
    mode = random.choice(["independent"] * 6 + ["atomic"] * 3 + ["x", None, 1])
    members = [b'"mode":' + json.dumps(mode).encode(), b'"items":[' + b",".join(items) + b"]"]
    if random.random() < 0.1:
        members += random.choice([[b'"x":1'], members[:1], members[1:], [b'"items":[]']])
    if random.random() < 0.2:
        random.shuffle(members)
    path = f"{BILLING}/usage/batch".encode() + random.choice(QUERIES)
    return b"POST", path, b"{" + b",".join(members) + b"}"


def _place(random: Random) -> tuple[bytes, bytes, bytes]:
    good = {"user": "ada", "amount": 1}
    path = f"{BILLING}/holds".encode() + random.choice(QUERIES)
    return b"POST", path, _written(random, _fields(random, HOLD_FIELDS, good))


def _end(random: Random) -> tuple[bytes, bytes, bytes]:
    end = random.choice([*["capture", "extend", "release"] * 4, "Capture", "capture/", "x", ""])
    path = f"{BILLING}/holds/".encode() + random.choice(HOLD_IDS) + b"/" + end.encode()
    if end == "extend":
        body = _fields(random, EXTEND_FIELDS, {"expires_in": 900})
    else:
        body = _fields(random, CAPTURE_FIELDS, {"amount": "0.5"})
    return b"POST", path + random.choice(QUERIES), _written(random, body)


def _read(random: Random) -> tuple[bytes, bytes, bytes]:
    body = b"{}" if random.random() < 0.05 else b""
    return b"GET", f"{BILLING}/balance".encode() + random.choice(READS), body


def _good_line(random: Random) -> dict[str, Any]:
    line: dict[str, Any] = {"id": f"line-{random.randint(1, 400)}", "user": "ada"}
    if random.random() < 0.5:
        return line | {"amount": random.choice([1, "0.25"])}
    return line | {"model": "m", "input_tokens": random.randint(0, 9)}


def _fields(random: Random, fields: dict[str, list[Any]], good: dict[str, Any]) -> dict[str, Any]:
    body = dict(good)
    for _ in range(random.choice([0, 0, 0, 0, 1, 1, 2])):
        name = random.choice(list(fields))
        if random.random() < 0.2:
            body.pop(name, None)
        else:
            body[name] = random.choice(fields[name])
    return body


def _written(random: Random, value: object) -> bytes:
    text = json.dumps(
        value,
        ensure_ascii=random.random() < 0.5,
        indent=random.choice([None, None, None, 1]),
        separators=random.choice([None, (",", ":")]),
    )
    return text.encode("utf-8", "surrogatepass")


def _broken(random: Random, text: bytes) -> bytes:
    """The text with something that a writer of JSON does not do."""
    at = random.randint(0, len(text))
    depth = random.choice(DEEP)
    twice = text.replace(b"{", b'{"id":"first",', 1), text.replace(b"}", b',"amount":2}', 1)
    return random.choice(
        [
            *twice,
            text.replace(b'"id"', b'"i\\u0064"'),
            text.replace(b"}", b',"deep":' + b"[" * depth + b"]" * depth + b"}", 1),
            text.replace(b"}", b',"deep":' + b'{"a":' * depth + b"1" + b"}" * depth + b"}", 1),
            text.replace(b"ada", b"\\ud800"),
            text.replace(b"ada", b"\xff"),
            text.replace(b"1", b"NaN", 1),
            text.replace(b"1", b"1" * 100, 1),
            text.replace(b"1", b"1e400", 1),
            text.replace(b"1", b"-0", 1),
            text.replace(b",", b",,", 1),
            b"\xef\xbb\xbf" + text,
            text.decode("utf-8", "replace").encode("utf-16"),
            text + b" " * random.randint(1, 3),
            text + text,
            text[:at],
            text[:at] + bytes([random.randrange(256)]) + text[at:],
            b"[" * depth + b"]" * depth,
        ]
    )


def _other(random: Random, path: bytes) -> bytes:
    at = random.randint(1, len(path))
    return random.choice(
        [
            path[:at] + b"%%%02x" % path[at - 1] + path[at:],
            path[: at - 1] + b"%%%02x" % path[at - 1] + path[at:],
            path[:at] + b"/" + path[at:],
            path + b"/",
            b"http://other.example" + path,
            path.replace(b"/billing", b"/./billing"),
            path.upper(),
            path + b"#x",
        ]
    )


def _lines(random: Random, body: bytes) -> Iterator[bytes]:
    lines = [b"Host: x", b"Authorization: " + random.choice(CREDENTIALS)]
    if body or random.random() < 0.1:
        lines.append(b"Content-Type: " + random.choice(MEDIA_TYPES).encode())
    if random.random() < 0.95:
        key = b"k-%d" % random.randint(10, 400) if random.random() < 0.8 else random.choice(KEYS)
        lines.append(b"Idempotency-Key: " + key)
    if random.random() < 0.15:
        lines.append(random.choice(EXTRAS))
    if random.random() < 0.1:
        random.shuffle(lines)
    for line in lines:
        yield line + random.choice([b""] * 20 + [b" ", b"\t", b"  \t"])
