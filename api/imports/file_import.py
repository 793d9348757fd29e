"""The file import: a file is read and put in order, then its items are sent, some at a time."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor

from api.imports.claims import Claims
from api.imports.columns import Columns
from api.imports.csv_rows import Row
from api.imports.import_report import ImportReport
from api.imports.imported_customer import ImportedCustomer
from api.imports.imported_item import ImportedItem, Wanted, imported
from api.imports.imported_order import ImportedOrder
from api.imports.platform import Platform
from api.imports.read_item import NotTaken, ReadItem, Remark
from api.imports.row_file import ItemRows, RowFile
from api.imports.sender import Stopped
from ledger.kernel.limits import IMPORT_ROWS_PER_ITEM_MAX

SENDERS = 8
"""Items that are sent at the same time: the service commits them together."""

Imported = ImportedItem | ImportedCustomer | ImportedOrder
AnyPlatform = Platform[ReadItem | ImportedCustomer | ImportedOrder]
Send = Callable[[Imported], list[Remark] | None]
Taken = tuple[ItemRows, Imported]


def keep_rows(rows: Iterator[Row], platform: AnyPlatform, columns: Columns, kept: RowFile) -> None:
    """Put all rows of a file in a row file. Raises Invalid for a file that cannot be read."""
    for row in rows:
        item, names = platform.named(columns.cells(row))
        kept.add(row, item, names)


def read_items(
    kept: RowFile, platform: AnyPlatform, columns: Columns, wanted: Wanted, report: ImportReport
) -> Iterator[Taken]:
    """Yield what can be taken of a file; the report has the rest."""
    claims = Claims()
    for rows in kept.items():
        try:
            _check_rows(rows, columns)
            read = platform.read([columns.cells(row) for row in rows.rows])
            if isinstance(read, ReadItem):
                yield rows, claims.claim(imported(read, wanted))
            else:
                yield rows, read
        except NotTaken as refusal:
            report.refuse(rows, refusal)


def _check_rows(rows: ItemRows, columns: Columns) -> None:
    if not rows.is_whole:
        why = f"an item has at most {IMPORT_ROWS_PER_ITEM_MAX:,} rows, and they have a limit."
        raise NotTaken(rows.rows[0].line, why)
    for row in rows.rows:
        if any(cell.strip() for cell in row.cells[len(columns.header) :]):
            raise NotTaken(row.line, "it has more cells than the header has columns.")


def send_items(items: Iterator[Taken], send: Send, report: ImportReport) -> Iterator[int]:
    """Send items, and yield how many rows are done, in the order of the file. What has stopped one
    stops those that have not begun."""
    with ThreadPoolExecutor(SENDERS) as pool:
        waiting: deque[tuple[Taken, Future[list[Remark] | None]]] = deque()
        try:
            for taken in items:
                waiting.append((taken, pool.submit(send, taken[1])))
                if len(waiting) >= 2 * SENDERS:
                    yield _record(*waiting.popleft(), report)
            while waiting:
                yield _record(*waiting.popleft(), report)
        except Stopped as stopped:
            report.stopped = str(stopped)
            for _, future in waiting:
                future.cancel()


def _record(taken: Taken, future: Future[list[Remark] | None], report: ImportReport) -> int:
    rows, item = taken
    try:
        remarks = future.result()
    except NotTaken as refusal:
        report.refuse(rows, refusal)
    else:
        if remarks is None:
            report.pass_over()
        else:
            report.take(item, remarks)
    return rows.total
