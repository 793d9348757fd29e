"""Addresses of servers, checked before anything connects: what a driver says of a malformed one may
show a part of its password."""

from __future__ import annotations

import re
from urllib.parse import parse_qs, urlsplit

import psycopg
from psycopg import conninfo

_SENDER = re.compile(r"[^@\s<>]+@[^@\s<>]+")
_PORTS = re.compile(r"([0-9]+(,[0-9]+)*)?")


def is_postgresql(url: str) -> bool:
    """Tell whether libpq reads it, and reads nothing of a password as a host, a port or a name."""
    try:
        parts = conninfo.conninfo_to_dict(url)
    except psycopg.Error:
        return False
    astray = any("@" in str(parts.get(name, "")) for name in ("host", "hostaddr", "dbname"))
    return not astray and _PORTS.fullmatch(str(parts.get("port", ""))) is not None


def is_nats(url: str) -> bool:
    """Tell whether it is `nats://[user:password@]host[:port]`, or the same with `tls://`."""
    try:
        parts = urlsplit(url)
        return parts.scheme in ("nats", "tls") and bool(parts.hostname) and parts.port != 0
    except ValueError:
        return False


def is_http(url: str) -> bool:
    """Tell whether it is `http[s]://[user:password@]host[:port][/path]`."""
    try:
        parts = urlsplit(url)
        return parts.scheme in ("http", "https") and bool(parts.hostname) and parts.port != 0
    except ValueError:
        return False


def is_limit_store(url: str) -> bool:
    """Tell whether it is `valkey://[user:password@]host:port[/number]`, or of Redis, with TLS, or
    the path of a socket after `+unix://`."""
    try:
        parts = urlsplit(url)
        number = parts.path.removeprefix("/")
        is_server = bool(parts.hostname and parts.port) and (not number or number.isdecimal())
    except ValueError:
        return False
    if parts.scheme in ("valkey+unix", "redis+unix"):
        return bool(number)
    return parts.scheme in ("valkey", "valkeys", "redis", "rediss") and is_server


def is_smtp(url: str) -> bool:
    """Tell whether it is `smtp[s]://[user:password@]host[:port][?from=address]`."""
    try:
        parts = urlsplit(url)
        asked = parse_qs(parts.query, strict_parsing=bool(parts.query))
        is_server = bool(parts.hostname) and parts.port != 0 and parts.path in ("", "/")
    except ValueError:
        return False
    senders = asked.pop("from", ["a@b"])
    is_sender = len(senders) == 1 and _SENDER.fullmatch(senders[0]) is not None
    return parts.scheme in ("smtp", "smtps") and is_server and is_sender and not asked
