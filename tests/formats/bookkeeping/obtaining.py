"""Gets hledger on a machine that does not have it: from Debian's package, as root or not."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

CACHE = Path(sys.prefix) / "hledger"
TIMEOUT_S = 300


class NoHledger(Exception):
    """hledger is not here and could not be had; the text says what was tried."""


def hledger(cache: Path = CACHE) -> str:
    """A program that runs: the one on PATH, or the Debian package unpacked into the cache.

    Raises NoHledger; the tests then fail, because journals that nobody has read prove nothing.
    """
    installed = shutil.which("hledger")
    kept = cache / "usr" / "bin" / "hledger"
    if installed or _runs(kept):
        return installed or str(kept)
    tried: list[str] = []
    for attempt in _attempts():
        _unpack(attempt, cache, tried)
        if _runs(kept):
            return str(kept)
    if os.geteuid() == 0 and _did(["apt-get", "install", "--yes", "hledger"], tried):
        return "hledger"
    raise NoHledger("install hledger to run these tests; tried:\n" + "\n".join(tried))


def _attempts() -> Iterator[list[str]]:
    """Options of apt-get: the machine's own lists, then fresh ones, which need no root either."""
    yield []
    with tempfile.TemporaryDirectory(prefix="apt-") as folder:
        (Path(folder) / "lists" / "partial").mkdir(parents=True)
        options = [
            f"Dir::State::lists={folder}/lists",
            f"Dir::Cache={folder}",
            "Debug::NoLocking=1",
        ]
        yield [part for option in options for part in ("-o", option)]


def _unpack(options: list[str], cache: Path, tried: list[str]) -> None:
    """Download the package and unpack it into a folder that becomes the cache.

    The libraries it needs (of C, GMP, FFI and terminals) come with bash, coreutils and apt itself.
    """
    cache.parent.mkdir(parents=True, exist_ok=True)
    apt = ["apt-get", *options, "-o", "APT::Sandbox::User=root"]
    if options and not _did([*apt, "update"], tried):
        return
    with tempfile.TemporaryDirectory(dir=cache.parent) as folder:
        if not _did([*apt, "download", "hledger"], tried, folder):
            return
        for package in Path(folder).glob("*.deb"):
            _did(["dpkg", "-x", str(package), f"{folder}/root"], tried)
        shutil.rmtree(cache, ignore_errors=True)
        with suppress(OSError):  # another run was faster: its copy is as good
            (Path(folder) / "root").rename(cache)


def _did(command: list[str], tried: list[str], folder: str | None = None) -> bool:
    environment = os.environ | {"DEBIAN_FRONTEND": "noninteractive"}
    try:
        done = subprocess.run(
            command, cwd=folder, env=environment, capture_output=True, text=True, timeout=TIMEOUT_S
        )
    except (OSError, subprocess.TimeoutExpired) as error:
        tried.append(f"{' '.join(command)}: {error}")
        return False
    if done.returncode:
        tried.append(f"{' '.join(command)}: {done.stderr.strip()}")
    return done.returncode == 0


def _runs(program: Path) -> bool:
    return program.exists() and _did([str(program), "--version"], [])
