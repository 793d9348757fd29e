"""Marks: what a watched process has noted, asked for by SIGUSR1 and read from a file of its own."""

from __future__ import annotations

import json
import os
import signal
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from api.cli.main import main
from api.supervision import writers
from api.writer import __main__ as writer

MARKS = "PYTHON_BENCH_MARKS"
"""The folder. Children of the service see what begins so (`api/environment.py`), and the writer is
one."""

PATIENCE_S = 10.0
_ROOT = str(Path(__file__).resolve().parents[1]) + os.sep


def serve(module: str, taken: Callable[[], Any]) -> None:
    """Run `tally serve` or its writer as a module that watches it; write what `taken` gives, as a
    handler of the signal."""
    signal.signal(signal.SIGUSR1, lambda *_: _write(taken()))
    if sys.argv[1] == "serve":
        writers.MODULE = module
        os.environ["PYTHONPATH"] = _ROOT  # it runs without the current directory
        main()
    else:
        writer.main()


@contextmanager
def marks_folder(path: str) -> Iterator[None]:
    """Have the processes that are started write there."""
    os.environ[MARKS] = path
    try:
        yield
    finally:
        del os.environ[MARKS]


def marks_of(pid: int) -> Any:
    """Return what a process has noted since it was last asked."""
    path = _path_of(pid)
    path.unlink(missing_ok=True)
    os.kill(pid, signal.SIGUSR1)
    deadline = time.monotonic() + PATIENCE_S
    while not path.exists():
        assert time.monotonic() < deadline, "the watched process does not answer"
        time.sleep(0.02)
    return json.loads(path.read_text())


def _write(marks: Any) -> None:
    path = _path_of(os.getpid())
    new = path.with_suffix(".new")
    new.write_text(json.dumps(marks))
    new.rename(path)


def _path_of(pid: int) -> Path:
    return Path(os.environ[MARKS]) / f"{pid}.json"
