"""The spool: a file of usage lines that were accepted and are not known to be charged.

It begins with eight bytes that say its form, then come records, only ever appended: the length of
the payload and its CRC-32, four bytes each, big-endian, then the payload, JSON: of a line
`{"n": 7, "line": {...}}`, of lines that are charged or refused `{"done": [7, 8]}`. A record that a
crash has torn is the last one, and is cut off: nobody was told that it was accepted.
"""

from __future__ import annotations

import fcntl
import json
import os
import struct
import zlib
from collections.abc import Iterator, Sequence
from pathlib import Path

from tallystick.json_values import from_json, members, parsed
from tallystick.problem import TallystickError
from tallystick.values import UsageLine

FORM = b"tallysp1"
HEAD = struct.Struct(">II")
COMPACT_AT_BYTES = 8 * 1024 * 1024
"""A file so large is written anew when half of it is done."""


class SpoolInUse(TallystickError):
    """Another recorder has this spool; each process needs one of its own."""


class SpoolDamaged(TallystickError):
    """Something else than a crash has changed the file: what lies behind would be lost."""


class SpoolFull(TallystickError):
    """The line could not be written, and is not accepted."""


class Spool:
    """An open spool; not for several threads at once."""

    def __init__(self, path: Path, *, fsync: bool = False) -> None:
        self._path = path
        self._fsync = fsync
        self._lock = os.open(f"{path}.lock", os.O_RDWR | os.O_CREAT, 0o600)
        try:
            fcntl.flock(self._lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            os.close(self._lock)
            raise SpoolInUse(f"{path} is used by another recorder: give this one its own") from None
        self._file = _opened(path)
        self._lines: dict[int, UsageLine] = {}
        try:
            self._size, self._last = self._recover()
        except BaseException:
            self.close()
            raise

    @property
    def lines(self) -> dict[int, UsageLine]:
        """The lines that are not done, by their numbers, oldest first."""
        return dict(self._lines)

    def append(self, line: UsageLine) -> int:
        """Write a line down and return its number. Raises SpoolFull if that cannot be."""
        number = self._last + 1
        self._write(_record({"n": number, "line": members(line)}))
        self._last = number
        self._lines[number] = line
        return number

    def done(self, numbers: Sequence[int]) -> None:
        """Write down that lines need not be sent any more."""
        left = self._lines.keys() - set(numbers)
        if left:
            self._write(_record({"done": list(numbers)}))
        else:
            self._cut(len(FORM))
        self._lines = {number: line for number, line in self._lines.items() if number in left}
        self._compact()

    def close(self) -> None:
        """Let another have it."""
        os.close(self._file)
        os.close(self._lock)

    def _recover(self) -> tuple[int, int]:
        """Take over what is there; return where it ends, and its last number."""
        content = self._path.read_bytes()
        if len(content) < len(FORM) and FORM.startswith(content):
            self._cut(0)
            os.write(self._file, FORM)
            return len(FORM), 0
        if not content.startswith(FORM):
            raise SpoolDamaged(f"{self._path} is not a spool: it is left as it is")
        size, last = len(FORM), 0
        for end, payload in _records(content, self._path):
            size, record = end, parsed(payload)
            last = max(last, record.get("n", 0))
            if "n" in record:
                self._lines[record["n"]] = from_json(UsageLine, record["line"])
            for number in record.get("done", ()):
                self._lines.pop(number, None)
        self._cut(size)
        return size, last

    def _write(self, record: bytes) -> None:
        """Append a record whole; what is written of one that does not fit is cut off again."""
        written = 0
        try:
            while written < len(record):
                written += os.write(self._file, record[written:])
            if self._fsync:
                os.fsync(self._file)
        except OSError as fault:
            self._cut(self._size)
            raise SpoolFull(f"{self._path} cannot be written: {fault.strerror}") from fault
        self._size += len(record)

    def _cut(self, size: int) -> None:
        os.ftruncate(self._file, size)
        self._size = size

    def _compact(self) -> None:
        """Write the file anew when it is large, and put it in place in one step."""
        if self._size < COMPACT_AT_BYTES:
            return
        records = [_record({"n": n, "line": members(line)}) for n, line in self._lines.items()]
        size = len(FORM) + sum(map(len, records))
        if size > COMPACT_AT_BYTES // 2:
            return
        fresh = Path(f"{self._path}.new")
        with fresh.open("wb") as file:
            file.write(FORM)
            file.writelines(records)
            file.flush()
            os.fsync(file.fileno())
        fresh.replace(self._path)
        os.close(self._file)
        self._file, self._size = _opened(self._path), size


def _opened(path: Path) -> int:
    return os.open(path, os.O_RDWR | os.O_CREAT | os.O_APPEND, 0o600)


def _record(value: object) -> bytes:
    payload = json.dumps(value, separators=(",", ":")).encode()
    return HEAD.pack(len(payload), zlib.crc32(payload)) + payload


def _records(content: bytes, path: Path) -> Iterator[tuple[int, bytes]]:
    """Yield each whole record with where it ends, until the file does or a torn one begins."""
    at = len(FORM)
    while at + HEAD.size <= len(content):
        length, checksum = HEAD.unpack_from(content, at)
        end = at + HEAD.size + length
        payload = content[at + HEAD.size : end]
        if end > len(content) or not any(content[at:]):
            return
        if zlib.crc32(payload) != checksum:
            if end == len(content):
                return
            raise SpoolDamaged(f"{path} is damaged at byte {at}: keep it, and give a new path")
        yield end, payload
        at = end
