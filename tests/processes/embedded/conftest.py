"""Real engines for the tests of this folder, and a look at the processes they leave."""

from __future__ import annotations

import os
import shutil
import subprocess
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from urllib.parse import urlsplit

import clickhouse_connect
import pytest
from clickhouse_connect.driver.client import Client

from adapters.embedded import Engines, EngineUrls

Connect = Callable[..., Client]
Tree = Callable[[int], set[int]]
Gone = Callable[[set[int]], bool]


@pytest.fixture(scope="session")
def urls(tmp_path_factory: pytest.TempPathFactory) -> Iterator[EngineUrls]:
    """Engines shared by the tests that do not kill them."""
    with Engines(tmp_path_factory.mktemp("shared")) as engines:
        yield engines.urls()


@pytest.fixture
def data() -> Iterator[Path]:
    """A data folder of one test, as root in a folder that nobody else may enter."""
    folder = Path(tempfile.mkdtemp(prefix="embedded-test-"))
    yield folder / "data"
    shutil.rmtree(folder, ignore_errors=True)


@pytest.fixture(scope="session")
def template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A data folder in which every engine ran once."""
    folder = tmp_path_factory.mktemp("template") / "data"
    with Engines(folder):
        pass
    return folder


@pytest.fixture
def made(data: Path, template: Path) -> Path:
    """A data folder of one test that skips the second that initdb takes."""
    subprocess.run(["cp", "-a", str(template), str(data)], check=True)
    return data


def connect_to(urls: EngineUrls, **options: object) -> Client:
    assert urls.clickhouse_url is not None
    url = urlsplit(urls.clickhouse_url)
    settings = {"host": url.hostname, "port": url.port, "username": url.username}
    return clickhouse_connect.get_client(**{**settings, "password": url.password, **options})  # type: ignore[arg-type]


@pytest.fixture(scope="session")
def connect() -> Connect:
    """An unmodified clickhouse-connect client: `connect(urls, **options)`."""
    return connect_to


@pytest.fixture
def clickhouse(urls: EngineUrls) -> Iterator[Client]:
    client = connect_to(urls)
    yield client
    client.close()


@pytest.fixture(scope="session")
def tree() -> Tree:
    """A process and all its descendants."""
    return _tree


@pytest.fixture(scope="session")
def gone() -> Gone:
    """Whether these processes end within 10 s."""
    return _gone


def _tree(root: int) -> set[int]:
    parents = {int(entry.name): _parent(int(entry.name)) for entry in _processes()}
    found = {root}
    while more := {pid for pid, parent in parents.items() if parent in found} - found:
        found |= more
    return found


def _gone(pids: set[int]) -> bool:
    give_up = time.monotonic() + 90
    while any(_lives(pid) for pid in pids):
        if time.monotonic() > give_up:
            return False
        time.sleep(0.02)
    return True


def _processes() -> list[Path]:
    return [entry for entry in Path("/proc").iterdir() if entry.name.isdigit()]


def _status(pid: int) -> list[str]:
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    except OSError:
        return ["X", "0"]


def _parent(pid: int) -> int:
    return int(_status(pid)[1])


def _lives(pid: int) -> bool:
    return _status(pid)[0] not in "XZ"


@pytest.fixture
def as_root() -> None:
    if os.geteuid() != 0:
        pytest.skip("only root can become another user")
