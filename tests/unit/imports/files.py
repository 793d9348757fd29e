"""Files of the platforms, read as the command does."""

from __future__ import annotations

from pathlib import Path

from api.imports.csv_rows import open_rows
from api.imports.file_import import AnyPlatform, Imported, keep_rows, read_items
from api.imports.import_report import ImportReport
from api.imports.imported_item import ImportedItem, Wanted
from api.imports.row_file import RowFile

DATA = Path(__file__).parents[2] / "data"


def read(path: Path, platform: AnyPlatform) -> tuple[list[ImportedItem], ImportReport]:
    """The items that can be taken of a file, and the report with the others."""
    found, report = read_all(path, platform)
    return [each for each in found if isinstance(each, ImportedItem)], report


def read_all(path: Path, platform: AnyPlatform) -> tuple[list[Imported], ImportReport]:
    """The same of any kind of file."""
    report = ImportReport(path.name, "", platform.name)
    with open_rows(path) as rows, RowFile() as kept:
        columns = platform.columns_of(next(rows))
        keep_rows(rows, platform, columns, kept)
        found = read_items(kept, platform, columns, Wanted("en", "usd"), report)
        items = [item for _, item in found]
    for item in items:
        report.take(item, [])
    return items, report


def written(folder: Path, *lines: str) -> Path:
    """A file of these lines."""
    path = folder / "file.csv"
    path.write_text("\n".join(lines), "utf-8")
    return path
