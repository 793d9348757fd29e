"""The log of a process: lines on standard error, and no line over and over.

What a database says of a fault may hold the row that it is about, and so what a person wrote: of it
only what went wrong is logged.
"""

from __future__ import annotations

import json
import logging
import time
import traceback
from collections.abc import Callable

import psycopg

from api.settings import logs_as_json
from ledger.kernel.alarms import MARK

EVERY_S = 1.0
"""Seconds between two lines of the same message: a fault that hits every request is one line a
second, and cannot fill the disk whose being full may be the fault."""

REQUEST, ORG = "request", "org"
"""The attributes of a line that is about one request."""


def about(request: str, org: str = "") -> dict[str, object]:
    """Return the `extra` of a line that is about one request."""
    return {REQUEST: request, ORG: org}


def log_to_stderr() -> None:
    """Log warnings and worse to standard error, unless this process logs elsewhere already."""
    handler = logging.StreamHandler()
    handler.addFilter(Seldom())
    handler.setFormatter(JsonLines() if logs_as_json() else Lines())
    logging.basicConfig(level=logging.WARNING, handlers=[handler])


class Lines(logging.Formatter):
    """For people: when, who and what; then the request, and the traceback of a fault."""

    def __init__(self) -> None:
        super().__init__("%(asctime)s %(name)s %(message)s")

    def format(self, record: logging.LogRecord) -> str:
        """Return a record as lines."""
        named = [f"{name} {value}" for name, value in _about(record).items()]
        line = super().format(record)
        if not named:
            return line
        first, newline, rest = line.partition("\n")
        return f"{first} ({', '.join(named)}){newline}{rest}"

    def formatException(self, ei: object) -> str:  # noqa: N802  # the library's name
        """Return a traceback without rows."""
        assert isinstance(ei, tuple)
        return _traceback(ei[1])


class JsonLines(logging.Formatter):
    """For programs: one object a line."""

    def format(self, record: logging.LogRecord) -> str:
        """Return a record as one line."""
        shown: dict[str, object] = {
            "time": time.strftime("%Y-%m-%dT%H:%M:%S", time.gmtime(record.created))
            + f".{int(record.msecs):03}Z",
            "level": record.levelname.lower(),
            "logger": record.name,
            "process": record.process,
            "message": record.getMessage(),
            **_about(record),
        }
        if (alarm := getattr(record, MARK, None)) is not None:
            shown["alarm"] = str(alarm)
        if record.exc_info and record.exc_info[1] is not None:
            shown["error"] = type(record.exc_info[1]).__name__
            shown["traceback"] = _traceback(record.exc_info[1])
        return json.dumps(shown, ensure_ascii=False)


def _about(record: logging.LogRecord) -> dict[str, str]:
    named = {name: getattr(record, name, None) for name in (REQUEST, ORG)}
    return {name: str(value) for name, value in named.items() if value}


def _traceback(error: BaseException | None) -> str:
    """Return a traceback, in which an error of the database is its first line."""
    if error is None:
        return ""
    told = traceback.TracebackException.from_exception(error)
    _leave_rows_out(told)
    return "".join(told.format()).rstrip("\n")


def _leave_rows_out(told: traceback.TracebackException) -> None:
    if told.exc_type is not None and issubclass(told.exc_type, psycopg.Error):
        told._str = told._str.partition("\n")[0]  # type: ignore[attr-defined]  # no other way
    for other in (told.__cause__, told.__context__, *(told.exceptions or ())):
        if other is not None:
            _leave_rows_out(other)


class Seldom(logging.Filter):
    """Passes a message of a logger once in a while, with the number of those left out between."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        super().__init__()
        self._clock = clock
        self._passed: dict[tuple[str, str], tuple[float, int]] = {}

    def filter(self, record: logging.LogRecord) -> bool:
        """Tell whether this one passes."""
        message, now = (record.name, str(record.msg)), self._clock()
        last, left_out = self._passed.get(message, (float("-inf"), 0))
        if now - last < EVERY_S:
            self._passed[message] = last, left_out + 1
            return False
        self._passed[message] = now, 0
        if left_out:
            record.msg = f"{record.getMessage()} ({left_out:,} more like this before it)"
            record.args = None
        return True
