"""Files that were made to break what reads them, or whoever opens the report."""

from __future__ import annotations

import csv
import io
import time
import tracemalloc
from pathlib import Path

import pytest

from api.imports.csv_rows import Row, open_rows
from api.imports.file_import import keep_rows
from api.imports.html_text import text_of_html
from api.imports.import_report import NotTakenRows
from api.imports.made_names import ids_of, made_sku, sku_of, slug_of
from api.imports.numbers import grams_of, price_text
from api.imports.own_csv import OWN_CSV
from api.imports.read_item import NotTaken
from api.imports.row_file import RowFile
from ledger.catalogue.local_text import check_slug
from ledger.kernel.errors import Invalid
from ledger.kernel.ids import check_sku
from ledger.kernel.limits import IMPORT_COLUMNS_MAX
from tests.unit.imports.files import read, written

HEADER = "slug,title,sku,price,stock"


def rows_of(path: Path, encoding: str | None = None) -> list[Row]:
    with open_rows(path, encoding) as rows:
        return list(rows)


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be"])
def test_every_unicode_is_known_by_its_bytes(tmp_path: Path, encoding: str) -> None:
    path = tmp_path / "file.csv"
    path.write_bytes('slug;title\r\n\r\na;"é\r\n""x"""\r\nb;c'.encode(encoding))
    rows = rows_of(path)
    assert rows == [(1, ["slug", "title"]), (3, ["a", 'é\r\n"x"']), (5, ["b", "c"])]


def test_what_is_not_unicode_is_said_and_asked_for(tmp_path: Path) -> None:
    path = tmp_path / "file.csv"
    path.write_bytes("slug,title\na,Größe\n".encode("cp1252"))
    with pytest.raises(Invalid, match="cp1252"):
        rows_of(path)
    assert rows_of(path, "cp1252")[1].cells == ["a", "Größe"]
    with pytest.raises(Invalid, match="no encoding"):
        rows_of(path, "klingon")


@pytest.mark.parametrize(
    ("file", "what"),
    [
        (b"PK\x03\x04\x14\0", "workbook"),
        (b'<?xml version="1.0"?>\n<rss>', "XML"),
        (b"%PDF-1.7", "PDF"),
    ],
)
def test_what_is_no_text_of_rows_is_said_to_be_what_it_is(
    tmp_path: Path, file: bytes, what: str
) -> None:
    path = tmp_path / "file.csv"
    path.write_bytes(file)
    with pytest.raises(Invalid, match=f"{what}.*as CSV"):
        rows_of(path)


@pytest.mark.parametrize(
    "text",
    [
        ",".join("c" * (IMPORT_COLUMNS_MAX + 1)),
        "slug,title\na," + "x" * 5_000_000,
        'slug,title\na,"never ends\n' + ("b" * 99 + "\n") * 50_000,
        'slug,title\na,"ends" not\nb,c',
        "," * 1_000_000,
    ],
    ids=["columns", "row", "quote", "stray quote", "empty columns"],
)
def test_what_cannot_be_a_table_is_refused_whole(tmp_path: Path, text: str) -> None:
    path = tmp_path / "file.csv"
    path.write_text(text)
    tracemalloc.start()
    try:
        with pytest.raises(Invalid):
            rows_of(path)
        assert tracemalloc.get_traced_memory()[1] < 120_000_000
    finally:
        tracemalloc.stop()


def test_rows_that_are_too_much_are_refused_and_the_others_taken(tmp_path: Path) -> None:
    rows = (
        f"a,A,A{'A' * 1_000_000},1,1",
        f"b,{'T' * 1_000_000},B,1,1",
        "c,C\0,C,1,1",
        "d,D,D,1,1,and,more",
        "e,E,E,1e9,1",
        "f,F,F,-1,1",
        "g,G,G,1,1e9",
        "h,H,H,9999999999999999999,1",
        "i,,I,1,1",
        f"j,J,J,1,{'9' * 5000}",
        "k,\u202eK\u200b,K,1,1",
        *["l,L,,1,1"] * 2_001,
    )
    items, report = read(written(tmp_path, HEADER, *rows), OWN_CSV)
    taken = {each.slug: each for each in items}
    assert sorted(taken) == ["a", "b", "c", "k"]
    assert taken["k"].details.texts["en"].title == "K"
    assert [each["line"] for each in report.refused] == [5, 6, 7, 8, 9, 10, 11, 13]
    assert report.counts["refused rows"] == 7 + 2_001


def test_a_file_of_any_length_is_not_held(tmp_path: Path) -> None:
    rows = [f"s{n},{'T' * 200},K{n},1,1" for n in range(20_000)]
    path = written(tmp_path, HEADER, *rows)
    del rows
    tracemalloc.start()
    with open_rows(path) as found, RowFile() as kept:
        columns = OWN_CSV.columns_of(next(found))
        keep_rows(found, OWN_CSV, columns, kept)
        assert sum(len(each.rows) for each in kept.items()) == 20_000
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert peak < 3_000_000


@pytest.mark.parametrize(
    "html",
    ["<" * 9**6, "<!--" * 9**5, "<![CDATA[" * 9**5, "&#" * 9**6, "<a b='" * 9**5, "</" * 9**6,
     "<a " + "b" * 9**6, "<script>" * 9**5, "<!" * 9**6, "<?" * 9**6, "<a" * 9**6],
    ids=range(11),
)  # fmt: skip
def test_html_takes_a_moment(html: str) -> None:
    started = time.process_time()
    text_of_html(html)
    assert time.process_time() - started < 1


def test_html_is_read_as_it_is_seen() -> None:
    assert (
        text_of_html("<style>p{}</style><p>a&nbsp;b<br>c</p><script>x()</script>d") == "a b\nc\nd"
    )
    assert text_of_html("2 < 3, 4 & 5\0\x1b[31m") == "2 < 3, 4 & 5 [31m"


def test_a_spreadsheet_computes_nothing_of_what_was_not_taken() -> None:
    file = io.StringIO()
    rejects = NotTakenRows(file, ["slug", "=cmd()"])
    rejects.write([Row(2, ["@SUM(A1)", "-1.50", "-1+1", "\t=1", "a"])], "=why")
    assert list(csv.reader(io.StringIO(file.getvalue()))) == [
        ["line", "why", "slug", "'=cmd()"],
        ["2", "'=why", "'@SUM(A1)", "-1.50", "'-1+1", "'\t=1", "a"],
    ]


@pytest.mark.parametrize(
    ("written_as", "price"),
    [("12", "12"), ("12.50", "12.5"), ("12,50", "12.5"), ("1.234,50", "1234.5"), (".5", "0.5"),
     ("1,234.50", "1234.5"), ("1 234,5", "1234.5"), ("1,234,567.00", "1234567"), ("0", "0"),
     ("1'234.50", "1234.5"), ("007", "7"), ("1,234", None), ("12,34,56", None), ("1.2.3", None),
     ("$5", None), ("", None), (".", None), ("-5", None), ("1e3", None), ("٣", None)],
)  # fmt: skip
def test_prices_are_what_they_look_like_or_nothing(written_as: str, price: str | None) -> None:
    if price is None:
        with pytest.raises(NotTaken):
            price_text(written_as, 1)
    else:
        assert price_text(written_as, 1) == price


def test_weights_are_whole_grams() -> None:
    assert grams_of(".5", "lbs", 1) == 227  # 226.796185
    assert grams_of("0.001", "kg", 1) == grams_of("0.0001", "kg", 1) == 1
    assert grams_of("0", "g", 1) is grams_of("", "g", 1) is None


@pytest.mark.parametrize(
    "text", ["Größe", "東京", "a" * 300, "--", "A b/c", "é", "\u202e", "x" * 10**6]
)
def test_made_names_are_names_and_the_same_again(text: str) -> None:
    check_slug(slug_of(text), "slug")
    check_sku(sku_of(text))
    check_sku(made_sku(slug_of(text), [text]))
    labels = list(dict.fromkeys([text, text.upper(), f"{text}!"]))
    assert len(set(ids_of(labels).values())) == len(labels)
