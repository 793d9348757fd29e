"""Where a statement ends and its data begins."""

from __future__ import annotations

import pytest

from adapters.embedded.clickhouse_refusal import Refusal
from adapters.embedded.clickhouse_statement import Statement

INSERTS = {
    b"INSERT INTO t FORMAT Native\n\x01\x02; SELECT": ("Native", b"\x01\x02; SELECT"),
    b"INSERT INTO `a FORMAT b` (`x`, `values`) FORMAT Native\n\n\x00": ("Native", b"\n\x00"),
    b"insert into format format CSV \t\r\n1": ("CSV", b"1"),
    b"INSERT INTO db.format (format) VALUES (1)": ("Values", b"(1)"),
    b"/* FORMAT */ -- VALUES\nINSERT INTO t SETTINGS a = 'FORMAT x' FORMAT TSV\n1": ("TSV", b"1"),
    b"INSERT INTO t FORMAT JSONEachRow {}": ("JSONEachRow", b"{}"),
    b"INSERT INTO FUNCTION f('VALUES', (FORMAT)) FORMAT CSV\n": ("CSV", b""),
}
QUERIES = {
    b"SELECT 1": None,
    b"SELECT format FROM t": None,
    b"SELECT ';', 1 FORMAT JSON": "JSON",
    b"SELECT 1 FORMAT TSV SETTINGS max_threads = 1;": "TSV",
    b"(SELECT 1) FORMAT CSV ; -- end": "CSV",
    b"SELECT * FROM f(FORMAT JSON)": None,
}


@pytest.mark.parametrize("text", INSERTS)
def test_an_insert_is_cut_before_its_data(text: bytes) -> None:
    statement = Statement.parse(text)
    assert statement.data is not None
    assert (statement.format, bytes(statement.data)) == INSERTS[text]
    assert statement.sql.rstrip().endswith(
        ("t", "`)", "format", "(format)", "'FORMAT x'", "(FORMAT))")
    )
    assert not statement.has_result


@pytest.mark.parametrize("text", QUERIES)
def test_a_query_names_its_format(text: bytes) -> None:
    statement = Statement.parse(text)
    assert (statement.format, statement.data, statement.has_result) == (QUERIES[text], None, True)


@pytest.mark.parametrize(
    "text", [b"INSERT INTO t SELECT 1", b"CREATE TABLE t (a Int8)", b"DROP TABLE t"]
)
def test_what_has_no_result_is_sent_whole(text: bytes) -> None:
    adds = not text.startswith(b"DROP")
    assert Statement.parse(text) == Statement(text.decode(), adds=adds)


@pytest.mark.parametrize("text", [b"", b" -- nothing\n", b"SELECT 1; SELECT 2", b"SELECT '\xff'"])
def test_what_is_no_statement_is_a_syntax_error(text: bytes) -> None:
    with pytest.raises(Refusal) as refused:
        Statement.parse(text)
    assert refused.value.code == 62
