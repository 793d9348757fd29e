"""A full disk, and ClickHouse on it: `python -m tests.processes.embedded.full_disk FOLDER`.

Run in a mount namespace of its own, where FOLDER becomes a disk of 100 MB.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
from contextlib import suppress
from pathlib import Path

from clickhouse_connect.driver.client import Client
from clickhouse_connect.driver.exceptions import ClickHouseError

from adapters.embedded import Engines
from tests.processes.embedded.conftest import connect_to


def main(folder: Path) -> None:
    mount = ["mount", "-t", "tmpfs", "-o", "size=100m", "tmpfs", str(folder)]
    subprocess.run(mount, check=True)
    with Engines(folder / "data", postgres=False) as engines:
        client = connect_to(engines.urls())
        client.command("CREATE TABLE t (a UInt64, b String) ENGINE = MergeTree ORDER BY a")
        insert(client)
        fill(folder / "rest")
        said = [code(client, each) for each in ("insert", "VALUES", "CREATE", "SELECT")]
        full = rows(client)
        (folder / "rest").unlink()
        insert(client)
        print(json.dumps({"said": said, "full": full, "freed": rows(client)}))


def insert(client: Client) -> None:
    lines = [[number, os.urandom(50_000).hex()] for number in range(10)]
    client.insert("t", lines, column_names=["a", "b"])


def fill(file: Path) -> None:
    handle = os.open(file, os.O_WRONLY | os.O_CREAT)
    with suppress(OSError):
        while True:
            os.write(handle, bytes(1 << 12))
    os.close(handle)


def code(client: Client, what: str) -> str:
    """What ClickHouse says of a statement on the full disk."""
    try:
        match what:
            case "insert":
                insert(client)
            case "VALUES":
                client.command("INSERT INTO t VALUES (1, 'x')")
            case "CREATE":
                client.command("CREATE TABLE u (a UInt64) ENGINE = MergeTree ORDER BY a")
            case "SELECT":
                client.command("INSERT INTO t SELECT number, 'x' FROM numbers(3)")
    except ClickHouseError as error:
        return "NOT_ENOUGH_SPACE" if "NOT_ENOUGH_SPACE" in str(error) else str(error)
    return "done"


def rows(client: Client) -> int:
    return int(client.query("SELECT count() FROM t").result_rows[0][0])


if __name__ == "__main__":
    main(Path(sys.argv[1]))
