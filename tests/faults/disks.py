"""Full disks: that of the data, and that of the log: `python -m tests.faults.disks FOLDER SEED`.

Run in a mount namespace of its own, where parts of FOLDER become small disks.
"""

from __future__ import annotations

import random
import shutil
import subprocess
import sys
import time
from contextlib import suppress
from pathlib import Path

import psycopg

from adapters.embedded import Engines
from tests.faults.campaign import Run, campaign
from tests.faults.invariants import SOON
from tests.faults.load import Load
from tests.faults.world import World

DATA_MB, LOG_MB = 400, 160
SEEN = 8
"""So many requests are refused before there is room again."""


def data_disk_full(run: Run) -> None:
    """The tables find no room: all is refused, and goes on as soon as there is room."""
    _fill_and_free(run, run.world.folder / "engines" / "ballast")


def log_disk_full(run: Run) -> None:
    """PostgreSQL's log finds no room: it panics, and comes back as soon as there is room."""
    _fill_and_free(run, _log_of(run.world.folder) / "ballast")


def _fill_and_free(run: Run, ballast: Path) -> None:
    refused = run.load.told.statuses.total() - _stored(run)
    _fill(ballast)
    deadline = time.monotonic() + 60
    while run.load.told.statuses.total() - _stored(run) < refused + SEEN:
        assert time.monotonic() < deadline, "the disk was full, and nobody was refused"
        with suppress(psycopg.Error):
            run.world.ask("SELECT pg_switch_wal()")
        time.sleep(0.05)
    ballast.unlink()
    run.world.wait_for_postgresql()
    run.until_served()


def _stored(run: Run) -> int:
    return sum(times for status, times in run.load.told.statuses.items() if status[0] == "2")


def _fill(ballast: Path) -> None:
    with ballast.open("wb", buffering=0) as file, suppress(OSError):
        while True:
            file.write(bytes(1 << 16))
    with ballast.open("ab", buffering=0) as file, suppress(OSError):
        while True:
            file.write(bytes(1 << 10))


def _log_of(folder: Path) -> Path:
    return folder / "engines" / "postgres" / "pg_wal"


def _make(folder: Path) -> None:
    """Have the data of the engines be on one small disk and PostgreSQL's log on another."""
    engines = folder / "engines"
    engines.mkdir(parents=True)
    _mount(engines, DATA_MB)
    with Engines(engines):
        pass
    log, kept = _log_of(folder), folder / "kept"
    owner = log.stat()
    shutil.copytree(log, kept)
    _mount(log, LOG_MB)
    shutil.copytree(kept, log, dirs_exist_ok=True)
    shutil.rmtree(kept)
    log.chmod(0o700)
    subprocess.run(["chown", "-R", f"{owner.st_uid}:{owner.st_gid}", str(log)], check=True)


def _mount(folder: Path, size: int) -> None:
    command = ["mount", "-t", "tmpfs", "-o", f"size={size}m", "tmpfs", str(folder)]
    subprocess.run(command, check=True)


def main(folder: Path, seed: int, rounds: int) -> int:
    _make(folder)
    with World(folder) as world:
        load = Load(world, ["storm-1"], seed)
        load.set_up()
        run = Run(world, load, random.Random(seed))
        outcomes = [
            campaign(run, data_disk_full, rounds, SOON),
            campaign(run, log_disk_full, rounds),
        ]
        print(load.told.statuses)
    for each in outcomes:
        print(each)
    return int(any(each.broken for each in outcomes))


if __name__ == "__main__":
    sys.exit(main(Path(sys.argv[1]), int(sys.argv[2]), int(sys.argv[3])))
