"""CSV rows: what a file of a spreadsheet has, row by row, in whatever encoding it says it is.

No more than a row is in memory. A file whose quotes do not close means something else from there
on, so it is refused whole, before anything of it is sent.
"""

from __future__ import annotations

import codecs
import csv
import hashlib
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import NamedTuple, TextIO

from ledger.kernel.errors import Invalid
from ledger.kernel.limits import IMPORT_COLUMNS_MAX, IMPORT_ROW_MAX

DELIMITERS = (",", ";", "\t")
_BOMS = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
_OTHERS = (
    (b"PK\x03\x04", "a workbook"),
    (b"\xd0\xcf\x11\xe0", "a workbook"),
    (b"<?xm", "XML"),
    (b"%PDF", "a PDF"),
)
"""How files begin that are opened like tables and are none."""

_HEADER_MAX = 1 << 20
"""Characters of a header that are looked at for what stands between its names."""


class Row(NamedTuple):
    """The cells of a row, and the line of the file on which it begins."""

    line: int
    cells: list[str]


def digest_of(path: Path) -> str:
    """Return what a file is known by: the SHA-256 of its bytes."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


@contextmanager
def open_rows(path: Path, encoding: str | None = None) -> Iterator[Iterator[Row]]:
    """Give the rows of a file that are not empty, the header first. Raises Invalid."""
    encoding = _checked(encoding) if encoding else _encoding_of(path)
    with path.open(encoding=encoding, newline="") as file:
        yield _rows(file, encoding)


def _checked(encoding: str) -> str:
    try:
        return codecs.lookup(encoding).name
    except LookupError:
        raise Invalid(f"no encoding is called {encoding}.", field="encoding") from None


def _encoding_of(path: Path) -> str:
    """Return what the first bytes say. ASCII of two bytes a character has a NUL in each. Raises
    Invalid for what is no text of rows."""
    with path.open("rb") as file:
        first = file.read(4)
    for beginning, what in _OTHERS:
        if first == beginning:
            raise Invalid(f"the file is {what}: export, or save it, as CSV.", field="file")
    for bom, name in _BOMS:
        if first.startswith(bom):
            return name
    if len(first) == 4 and first[1] == 0 == first[3]:
        return "utf-16-le"
    return "utf-16-be" if len(first) == 4 and first[0] == 0 == first[2] else "utf-8"


class _Lines:
    """The lines of a file, none longer than a row may be, and all of one row neither."""

    def __init__(self, file: TextIO) -> None:
        self._file = file
        self._left = IMPORT_ROW_MAX

    def begin_row(self) -> None:
        self._left = IMPORT_ROW_MAX

    def __iter__(self) -> _Lines:
        return self

    def __next__(self) -> str:
        line = self._file.readline(self._left + 1)
        if not line:
            raise StopIteration
        self._left -= len(line)
        if self._left < 0:
            raise csv.Error(f"it has more than {IMPORT_ROW_MAX:,} characters")
        return line


def _rows(file: TextIO, encoding: str) -> Iterator[Row]:
    csv.field_size_limit(IMPORT_ROW_MAX)
    lines = _Lines(file)
    reader = csv.reader(lines, strict=True, delimiter=_delimiter_of(file, encoding))
    line = 1
    while True:
        lines.begin_row()
        try:
            cells = next(reader, None)
        except csv.Error as error:
            raise Invalid(
                f"the row on line {line} cannot be read: {error}. Is a quote missing? Nothing "
                "after it is sure.",
                field="file",
            ) from None
        except UnicodeError as error:
            raise Invalid(_not_in(encoding, line, error), field="file") from None
        if cells is None:
            return
        if len(cells) > IMPORT_COLUMNS_MAX and line == 1:
            raise Invalid(f"a file has at most {IMPORT_COLUMNS_MAX:,} columns.", field="file")
        if any(cell.strip() for cell in cells):
            yield Row(line, cells)
        line = reader.line_num + 1


def _delimiter_of(file: TextIO, encoding: str) -> str:
    """Return what stands between the names of the header: whichever is there the more often."""
    try:
        header = file.readline(_HEADER_MAX)
    except UnicodeError as error:
        raise Invalid(_not_in(encoding, 1, error), field="file") from None
    file.seek(0)
    return max(DELIMITERS, key=header.count)


def _not_in(encoding: str, line: int, error: UnicodeError) -> str:
    where = f"the file is not {encoding.upper()} (near line {line}: {error})"
    return f"{where}. Save it as UTF-8, or say what it is: --encoding cp1252."
