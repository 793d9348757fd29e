"""ClickHouse behind HTTP: what an unmodified client sees is what a server would show it."""

from __future__ import annotations

import asyncio
import base64
import json
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from http.client import HTTPConnection, HTTPResponse
from urllib.parse import urlencode, urlsplit

import clickhouse_connect
import pyarrow  # type: ignore[import-untyped, unused-ignore]
import pytest
from clickhouse_connect.driver.client import Client
from clickhouse_connect.driver.exceptions import DatabaseError
from clickhouse_connect.driver.external import ExternalData

from adapters.embedded import EngineUrls

Connect = Callable[..., Client]
MANY = 65_536 * 3 + 1_234


def call(
    urls: EngineUrls,
    body: bytes | None = None,
    *,
    method: str = "POST",
    path: str = "/",
    headers: dict[str, str] | None = None,
    **arguments: str,
) -> tuple[HTTPResponse, bytes]:
    """One request as curl would send it."""
    url = urlsplit(urls.clickhouse_url or "")
    token = base64.b64encode(f"{url.username}:{url.password}".encode()).decode()
    connection = HTTPConnection(url.hostname or "", url.port)
    given = {"Authorization": f"Basic {token}", **(headers or {})}
    connection.request(method, f"{path}?{urlencode(arguments)}", body, given)
    answer = connection.getresponse()
    content = answer.read()
    connection.close()
    return answer, content


def test_a_client_connects_and_asks(clickhouse: Client) -> None:
    assert clickhouse.ping()
    assert (clickhouse.server_version or "").startswith("26.")
    assert clickhouse.command("SELECT timezone()") == "UTC"
    assert clickhouse.query("SELECT number FROM numbers(3)").result_rows == [(0,), (1,), (2,)]
    assert clickhouse.query("SELECT number FROM numbers(3) LIMIT 0").column_names == ("number",)


def test_an_async_client_asks_a_hundred_things_at_once(urls: EngineUrls) -> None:
    async def ask() -> list[int]:
        url = urlsplit(urls.clickhouse_url or "")
        client = await clickhouse_connect.get_async_client(
            host=url.hostname, port=url.port, username=url.username, password=url.password or ""
        )
        try:
            answers = [client.query(f"SELECT {number} + 1") for number in range(100)]
            return [answer.result_rows[0][0] for answer in await asyncio.gather(*answers)]
        finally:
            await client.close()

    assert asyncio.run(ask()) == list(range(1, 101))


@pytest.mark.parametrize("compress", ["lz4", "zstd", "gzip", False])
def test_every_row_of_an_insert_of_many_blocks_arrives(
    urls: EngineUrls, connect: Connect, compress: str | bool
) -> None:
    client, table = connect(urls, compress=compress), f"many_{compress}"
    client.command(f"CREATE TABLE {table} (n UInt64, s String) ENGINE = MergeTree ORDER BY n")
    columns: list[list[object]] = [list(range(MANY)), [f"é{n}" for n in range(MANY)]]
    done = client.insert(table, columns, column_names=["n", "s"], column_oriented=True)
    seen = client.query(f"SELECT count(), sum(n), uniqExact(s) FROM {table}").result_rows
    assert done.written_rows == MANY
    assert seen == [(MANY, sum(range(MANY)), MANY)]
    assert client.query(f"SELECT n, s FROM {table}").row_count == MANY


def test_arrow_goes_in_and_comes_out(clickhouse: Client) -> None:
    clickhouse.command("CREATE TABLE arrow (n UInt64, s String) ENGINE = MergeTree ORDER BY n")
    sent = pyarrow.table({"n": range(MANY), "s": [str(n) for n in range(MANY)]})
    clickhouse.insert_arrow("arrow", sent)
    seen = clickhouse.query_arrow("SELECT n, s FROM arrow ORDER BY n", use_strings=True)
    assert seen["n"].to_pylist() == list(range(MANY))
    assert seen["s"].to_pylist() == sent["s"].to_pylist()


def test_an_insert_sent_again_with_its_token_counts_once(clickhouse: Client) -> None:
    table = (
        "CREATE TABLE {} ENGINE = MergeTree ORDER BY n "
        "SETTINGS non_replicated_deduplication_window = 100"
    )
    clickhouse.command(table.format("once (n UInt64)"))
    clickhouse.command(table.format("once_sum (n UInt64, total UInt64)"))
    clickhouse.command(
        "CREATE MATERIALIZED VIEW once_view TO once_sum AS "
        "SELECT any(once.n) AS n, sum(once.n) AS total FROM once"
    )
    settings = {
        "insert_deduplication_token": "positions-1-2",
        "deduplicate_blocks_in_dependent_materialized_views": 1,
    }
    for _ in range(3):
        clickhouse.insert("once", [[10], [20]], column_names=["n"], settings=settings)
    clickhouse.insert(
        "once",
        [[10], [20]],
        column_names=["n"],
        settings={**settings, "insert_deduplication_token": "3-4"},
    )
    assert clickhouse.query("SELECT count(), sum(n) FROM once").result_rows == [(4, 60)]
    assert clickhouse.command("SELECT sum(total) FROM once_sum") == 60


def test_replacing_merge_tree_shows_the_last_version(clickhouse: Client) -> None:
    clickhouse.command(
        "CREATE TABLE versions (k UInt64, v UInt64, amount Decimal(38, 6)) "
        "ENGINE = ReplacingMergeTree(v) ORDER BY k"
    )
    for version in (1, 3, 2):
        clickhouse.insert("versions", [[7, version, f"{version}.000001"]])
    seen = clickhouse.query("SELECT toString(amount) FROM versions FINAL").result_rows
    assert seen == [("3.000001",)]


def test_settings_of_one_request_are_not_those_of_another(clickhouse: Client) -> None:
    before = clickhouse.command("SELECT getSetting('max_block_size')")

    def ask(size: int) -> bool:
        settings = {"max_block_size": size} if size % 2 else None
        seen = clickhouse.query("SELECT getSetting('max_block_size')", settings=settings)
        return list(seen.first_row or []) == [size if size % 2 else before]

    clickhouse.set_client_setting("session_id", "")
    with ThreadPoolExecutor(8) as threads:
        assert all(threads.map(ask, range(1001, 1101)))


@pytest.mark.parametrize("text", ["it's", 'back\\slash "quote"', "tab\tline\n", "é☃", "{x:y}", ""])
def test_parameters_arrive_as_they_were_given(clickhouse: Client, text: str) -> None:
    answer = clickhouse.query("SELECT {a:String}, {b:Array(Int64)}", {"a": text, "b": [1, -2]})
    assert answer.result_rows == [(text, [1, -2])]


def test_long_parameters_and_parameters_of_inserts_arrive(clickhouse: Client) -> None:
    long = "x" * 100_000
    assert clickhouse.query("SELECT length({a:String})", {"a": long}).first_row == (100_000,)
    clickhouse.command("CREATE TABLE given (n UInt64, s String) ENGINE = Memory")
    clickhouse.command("INSERT INTO given VALUES ({n:UInt64}, {s:String})", {"n": 5, "s": "a;b"})
    assert clickhouse.query("SELECT * FROM given").result_rows == [(5, "a;b")]


def test_each_client_has_its_database(urls: EngineUrls, connect: Connect) -> None:
    connect(urls).command("CREATE DATABASE elsewhere")
    client = connect(urls, database="elsewhere")
    client.command("CREATE TABLE here (n UInt8) ENGINE = Memory")
    assert client.command("SELECT database FROM system.tables WHERE name = 'here'") == "elsewhere"
    assert connect(urls).command("SELECT currentDatabase()") == "tally"
    with pytest.raises(DatabaseError, match="UNKNOWN_DATABASE"):
        connect(urls, database="nowhere")


def test_a_wrong_password_is_refused(urls: EngineUrls, connect: Connect) -> None:
    for wrong in ({"password": "guess"}, {"password": ""}, {"username": "default"}):
        with pytest.raises(DatabaseError, match="AUTHENTICATION_FAILED") as refused:
            connect(urls, **wrong)
        assert refused.value.code == 516
    assert call(urls, b"SELECT 1", headers={"Authorization": "Bearer x"})[0].status == 403


def test_errors_have_clickhouse_codes(clickhouse: Client) -> None:
    for sql, code in (
        ("SELECT * FROM nothing", 60),
        ("SELEC 1", 62),
        ("SELECT 1; SELECT 2", 62),
        ("SELECT throwIf(number = 3) FROM numbers(10)", 395),
        ("SELECT * FROM numbers(1000000000) SETTINGS max_result_rows = 10", 396),
    ):
        with pytest.raises(DatabaseError) as refused:
            clickhouse.query(sql)
        assert refused.value.code == code, sql
    with pytest.raises(DatabaseError) as refused:
        clickhouse.query("SELECT 1", settings={"no_such_setting": 1})
    assert refused.value.code == 115


@pytest.mark.parametrize(
    "sql",
    [
        "SET max_threads = 1",
        "USE system",
        "CREATE TEMPORARY TABLE t (n UInt8)",
        "BEGIN TRANSACTION",
        "SELECT 1 INTO OUTFILE '/tmp/never'",
        "INSERT INTO t FROM INFILE '/etc/passwd' FORMAT CSV",
        "SYSTEM SHUTDOWN",
    ],
)
def test_what_would_be_silently_wrong_is_refused(clickhouse: Client, sql: str) -> None:
    with pytest.raises(DatabaseError, match="NOT_IMPLEMENTED") as refused:
        clickhouse.command(sql)
    assert refused.value.code == 48


def test_external_tables_are_refused(clickhouse: Client) -> None:
    table = ExternalData(file_name="t.csv", data=b"1\n", fmt="CSV", structure="n UInt8")
    with pytest.raises(DatabaseError, match="external tables"):
        clickhouse.query("SELECT * FROM t", external_data=table)


def test_parallel_inserts_and_queries_are_exact(urls: EngineUrls, connect: Connect) -> None:
    connect(urls).command("CREATE TABLE par (w UInt8, n UInt64) ENGINE = MergeTree ORDER BY n")

    def work(worker: int) -> None:
        client = connect(urls)
        for batch in range(5):
            client.insert("par", [[worker, batch * 1000 + n] for n in range(1000)])
            assert (
                client.command(f"SELECT count() FROM par WHERE w = {worker}") == (batch + 1) * 1000
            )

    with ThreadPoolExecutor(8) as threads:
        list(threads.map(work, range(8)))
    seen = connect(urls).query("SELECT count(), uniqExact(w, n) FROM par").first_row
    assert seen == (40_000, 40_000)


def test_half_an_insert_stores_nothing(urls: EngineUrls, clickhouse: Client) -> None:
    clickhouse.command("CREATE TABLE half (n UInt64) ENGINE = MergeTree ORDER BY n")
    native = clickhouse.raw_query("SELECT number AS n FROM numbers(100000)", fmt="Native")
    answer, text = call(urls, native[:-8], query="INSERT INTO half FORMAT Native")
    assert answer.headers["X-ClickHouse-Exception-Code"] == "33", text
    answer, text = call(
        urls,
        b"\x04\x22\x4d\x18",
        headers={"Content-Encoding": "lz4"},
        query="INSERT INTO half FORMAT Native",
    )
    assert answer.headers["X-ClickHouse-Exception-Code"] == "117", text
    assert clickhouse.command("SELECT count() FROM half") == 0


def test_curl_can_do_it(urls: EngineUrls) -> None:
    assert call(urls, method="GET", path="/ping", headers={"Authorization": ""})[1] == b"Ok.\n"
    create = b"CREATE TABLE curl (n UInt64, s String) ENGINE = MergeTree ORDER BY n"
    assert call(urls, create)[0].status == 200
    inserts = {
        b"INSERT INTO curl VALUES (1, 'a;b'), (1 + 1, lower('FORMAT'));": "2",
        b'INSERT INTO curl FORMAT JSONEachRow {"n": 3, "s": "c"}\n{"n": 4}': "2",
        b"insert into curl (n) format TSV\n5\n6\n": "2",
        b"INSERT INTO curl SELECT number + 7, 'x' FROM numbers(3)": "3",
    }
    for body, rows in inserts.items():
        answer, text = call(urls, body)
        assert answer.status == 200, text
        assert json.loads(answer.headers["X-ClickHouse-Summary"])["written_rows"] == rows
    answer, text = call(
        urls,
        method="GET",
        query="SELECT sum(n), count() FROM curl",
        default_format="JSON",
        query_id="me",
    )
    assert json.loads(text)["data"] == [{"sum(n)": 45, "count()": 9}]
    assert answer.headers["X-ClickHouse-Format"] == "JSON"
    assert answer.headers["X-ClickHouse-Query-Id"] == "me"


def test_a_get_changes_nothing(urls: EngineUrls) -> None:
    answer, _ = call(urls, method="GET", query="CREATE TABLE got (n UInt8) ENGINE = Memory")
    assert (answer.status, answer.headers["X-ClickHouse-Exception-Code"]) == (403, "164")


def test_inserted_parts_are_flushed_to_disk(clickhouse: Client) -> None:
    asked = clickhouse.query(
        "SELECT name, value FROM system.merge_tree_settings "
        "WHERE name IN ('fsync_after_insert', 'fsync_part_directory') ORDER BY name"
    )
    assert asked.result_rows == [("fsync_after_insert", "1"), ("fsync_part_directory", "1")]
