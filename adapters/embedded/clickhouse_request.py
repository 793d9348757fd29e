"""One HTTP request of ClickHouse's interface, taken apart: credentials, settings, statement."""

from __future__ import annotations

import base64
import binascii
import gzip
import hmac
import re
import uuid
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from email.parser import BytesParser
from email.policy import HTTP
from importlib import import_module
from urllib.parse import parse_qsl

from adapters.embedded.clickhouse_refusal import Refusal
from adapters.embedded.clickhouse_statement import Statement

# Parameters that are no settings. `session_*` are taken but no session is kept: statements
# that would need one are refused (clickhouse-connect sends a session id by default).
# `client_protocol_version` may be ignored: clients look at the bytes that come back.
_NOT_SETTINGS = frozenset(
    {"user", "password", "query", "query_id", "database", "default_format", "quota_key"}
    | {"session_id", "session_timeout", "session_check", "client_protocol_version"}
    | {"wait_end_of_query", "buffer_size", "stacktrace", "compress", "decompress", "role"}
)
_SETTING_NAME = re.compile(r"[A-Za-z_][A-Za-z0-9_]*")


@dataclass(frozen=True)
class Request:
    """Headers have lower-case names; `arguments` are those of the URL, decoded."""

    method: str
    path: str
    arguments: Mapping[str, str]
    headers: Mapping[str, str]
    body: bytes = b""
    query_id: str = field(default_factory=lambda: str(uuid.uuid4()))

    def may_enter(self, user: str, secret: str) -> bool:
        given_user, given_secret = self.credentials()
        right_user = hmac.compare_digest(given_user.encode(), user.encode())
        return hmac.compare_digest(given_secret.encode(), secret.encode()) and right_user

    def credentials(self) -> tuple[str, str]:
        if basic := self.headers.get("authorization"):
            return _basic(basic)
        if "x-clickhouse-user" in self.headers or "x-clickhouse-key" in self.headers:
            return (
                self.headers.get("x-clickhouse-user", ""),
                self.headers.get("x-clickhouse-key", ""),
            )
        return self.arguments.get("user", ""), self.arguments.get("password", "")


@dataclass(frozen=True)
class Work:
    """What a request asks the engine to do."""

    statement: Statement
    database: str | None
    settings: Mapping[str, str]
    parameters: Mapping[str, str]
    default_format: str
    read_only: bool
    analyst_of: str | None = None
    """The one org that whoever asks may see; None: all."""

    @classmethod
    def of(cls, request: Request, analyst_of: str | None = None) -> Work:
        """Read it. Raises Refusal for what the embedded server does not do."""
        body = _decoded(request.body, request.headers.get("content-encoding", "identity"))
        arguments, body = _with_form(request, dict(request.arguments), body)
        _refuse_unsupported(arguments)
        parameters = {
            name.removeprefix("param_"): value
            for name, value in arguments.items()
            if name.startswith("param_")
        }
        return cls(
            Statement.parse(_joined(arguments.get("query", ""), body)),
            arguments.get("database") or request.headers.get("x-clickhouse-database"),
            _settings(arguments),
            parameters,
            _default_format(request, arguments),
            read_only=request.method == "GET",  # as in ClickHouse: a link must not change data
            analyst_of=analyst_of,
        )


def _settings(arguments: Mapping[str, str]) -> dict[str, str]:
    settings = {
        name: value
        for name, value in arguments.items()
        if name not in _NOT_SETTINGS and not name.startswith("param_")
    }
    for name in settings:
        if not _SETTING_NAME.fullmatch(name):
            raise Refusal(115, f"Unknown setting '{name}'.")
    return settings


def _default_format(request: Request, arguments: Mapping[str, str]) -> str:
    named = arguments.get("default_format") or request.headers.get("x-clickhouse-format")
    return named or "TabSeparated"


def _joined(query: str, body: bytes) -> bytes:
    return query.encode() + b"\n" + body if query and body else query.encode() + body


def _refuse_unsupported(arguments: Mapping[str, str]) -> None:
    for name in ("compress", "decompress"):
        if arguments.get(name, "0") not in ("0", "false", ""):
            raise Refusal(48, f"The embedded ClickHouse does not do {name}=1: use HTTP encodings.")
    if "role" in arguments:
        raise Refusal(48, "The embedded ClickHouse has one user and no roles.")


def _with_form(
    request: Request, arguments: dict[str, str], body: bytes
) -> tuple[dict[str, str], bytes]:
    """clickhouse-connect puts a query with long parameters into a form."""
    kind = request.headers.get("content-type", "")
    if not kind.startswith("multipart/form-data"):
        return arguments, body
    message = BytesParser(policy=HTTP).parsebytes(
        b"Content-Type: %b\r\n\r\n" % kind.encode() + body
    )
    for part in message.iter_parts():
        if part.get_filename() is not None:
            raise Refusal(48, "The embedded ClickHouse does not take external tables.")
        name = part.get_param("name", header="content-disposition")
        content = part.get_payload(decode=True)
        if isinstance(name, str) and isinstance(content, bytes):
            arguments[name] = content.decode()
    return arguments, b""


def _basic(header: str) -> tuple[str, str]:
    scheme, _, encoded = header.partition(" ")
    try:
        user, _, secret = base64.b64decode(encoded, validate=True).decode().partition(":")
    except (binascii.Error, UnicodeDecodeError):
        return "", ""
    return (user, secret) if scheme.lower() == "basic" else ("", "")


def _decoded(body: bytes, encoding: str) -> bytes:
    if encoding in ("identity", "") or not body:
        return body
    if encoding not in _DECODERS:
        raise Refusal(48, f"The embedded ClickHouse does not know Content-Encoding {encoding}.")
    try:
        return _DECODERS[encoding](body)
    except Exception as error:  # each library has an exception of its own
        raise Refusal(117, f"The body is not whole {encoding} data: {error}.") from error


def _lz4(body: bytes) -> bytes:
    """clickhouse-connect sends one frame a block: all of them are the body, not the first."""
    lz4 = import_module("lz4.frame")  # has no types
    blocks = []
    while body:
        decoder = lz4.LZ4FrameDecompressor()
        blocks.append(decoder.decompress(body))
        if not decoder.eof:
            raise EOFError("the last frame is cut off")
        body = decoder.unused_data or b""
    return b"".join(blocks)


def _zstd(body: bytes) -> bytes:
    from backports import zstd

    return zstd.decompress(body)  # all frames


_DECODERS: dict[str, Callable[[bytes], bytes]] = {
    "lz4": _lz4,
    "zstd": _zstd,
    "gzip": gzip.decompress,
}


def parse_arguments(query_string: bytes) -> dict[str, str]:
    return dict(parse_qsl(query_string.decode("ascii"), keep_blank_values=True))
