"""The machine: its Python, cores, memory, disk, clock, open files and port."""

from __future__ import annotations

import ctypes
import os
import platform
import resource
import shutil
import socket
import statistics
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

import httpx

from api.descriptors import WANTED
from api.doctor.check import Check, look, right, wrong
from api.listening import family_of

_GIB = 1 << 30
DISK_MIN, DISK_LOW = _GIB, 10 * _GIB
MEMORY_LOW = 2 * _GIB
FLUSH_SLOW_S, FLUSH_FEIGNED_S = 0.010, 0.000_02
"""A commit waits for one flush. No disk flushes in the latter: what does keeps it in memory."""

_FLUSHES = 21
_UNSYNCHRONISED = 0x0040
"""STA_UNSYNC of adjtimex(2)."""


def examine_machine(data: Path, host: str, port: int) -> Iterator[Check]:
    """Yield the checks of this machine."""
    folder = _existing(data)
    yield judge_python(sys.version_info[:2])
    yield judge_cores(len(os.sched_getaffinity(0)))
    yield judge_memory(os.sysconf("SC_PHYS_PAGES") * os.sysconf("SC_PAGE_SIZE"))
    yield judge_disk(folder, shutil.disk_usage(folder).free)
    yield judge_flush(folder, flush_s(folder))
    yield judge_clock(_clock_state())
    yield judge_open_files(resource.getrlimit(resource.RLIMIT_NOFILE)[1])
    yield judge_port(host, port)


def judge_python(version: tuple[int, ...]) -> Check:
    """Judge the version of Python."""
    found = f"Python {platform.python_version()}"
    if version < (3, 11):
        return wrong("python", found, "Install Python 3.11 or newer.")
    return right("python", found)


def judge_cores(cores: int) -> Check:
    """Judge how many cores this process may use."""
    if cores < 2:
        return look(
            "cores", f"{cores}", "Give it two: one decides and commits, one answers requests."
        )
    return right("cores", f"{cores}")


def judge_memory(size: int) -> Check:
    """Judge how much memory there is."""
    found = f"{size / _GIB:.1f} GiB"
    if size < MEMORY_LOW:
        return look("memory", found, "Give it 2 GiB or more, and more beside embedded engines.")
    return right("memory", found)


def judge_disk(folder: Path, free: int) -> Check:
    """Judge how much room there is."""
    found = f"{free / _GIB:.1f} GiB free at {folder}"
    if free < DISK_MIN:
        return wrong(
            "disk", found, "Make room: writes are refused when it is full (docs/runbooks)."
        )
    if free < DISK_LOW:
        return look("disk", found, "Make room, or archive old events: `tally partitions list`.")
    return right("disk", found)


def judge_flush(folder: Path, seconds: float | None) -> Check:
    """Judge how long it takes to flush 4 KiB to the disk."""
    if seconds is None:
        return look(
            "flush", f"{folder} cannot be written", "Run it as the user that the service runs as."
        )
    found = f"{seconds * 1000:.2f} ms a flush at {folder}"
    if seconds < FLUSH_FEIGNED_S:
        return look(
            "flush", found, "This is memory, or a disk that does not flush: keep no ledger there."
        )
    if seconds > FLUSH_SLOW_S:
        return look("flush", found, "Every commit waits for one: use a disk that flushes faster.")
    return right("flush", found)


def judge_clock(state: bool | None) -> Check:
    """Judge what the kernel says of its clock; None: nothing."""
    if state is None:
        return look("clock", "the kernel does not say", "See that a time service runs.")
    if not state:
        return look(
            "clock",
            "the kernel says that it is not synchronised",
            "Run chrony or another time service: writes stop when it is 5 s from the database's.",
        )
    return right("clock", "synchronised")


def judge_open_files(limit: int) -> Check:
    """Judge how many files a process may open."""
    if limit == resource.RLIM_INFINITY or limit >= WANTED:
        return right("open files", "unlimited" if limit < 0 else f"{limit:,}")
    return look(
        "open files",
        f"{limit:,}",
        f"Each connection is one: raise the hard limit to {WANTED:,} (LimitNOFILE, ulimit -Hn).",
    )


def judge_port(host: str, port: int) -> Check:
    """Judge whether the port is free, or ours."""
    what, where = "port", f"{host}:{port}"
    try:
        socket.create_server((host, port), family=family_of(host)).close()
    except UnicodeError:
        return wrong(what, f"{where}: this is no name of a host", "Correct --host.")
    except OSError as error:
        if _is_ours(host, port):
            return right(what, f"a service answers at {where}")
        return wrong(what, f"{where}: {error.strerror}", "Free it, or serve at another --port.")
    return right(what, f"{where} is free")


def flush_s(folder: Path) -> float | None:
    """Return how long it usually takes to flush 4 KiB; None: it cannot be written there."""
    took = []
    try:
        with tempfile.NamedTemporaryFile(prefix=".tally-doctor-", dir=folder) as file:
            for _ in range(_FLUSHES):
                file.write(b"\0" * 4096)
                file.flush()
                began = time.perf_counter()
                os.fdatasync(file.fileno())
                took.append(time.perf_counter() - began)
    except OSError:
        return None
    return statistics.median(took)


def _existing(path: Path) -> Path:
    """Return the folder, or the nearest above it that is there."""
    path = path.absolute()
    return next(filter(_is_folder, (path, *path.parents)), Path("/"))


def _is_folder(path: Path) -> bool:
    try:
        return path.is_dir()
    except OSError:  # a name that is too long
        return False


def _clock_state() -> bool | None:
    """Return whether the kernel's clock is synchronised."""
    try:
        libc = ctypes.CDLL(None, use_errno=True)
        timex = (ctypes.c_long * 64)()  # modes = 0: nothing is set
        if libc.adjtimex(timex) < 0:
            return None
        status = ctypes.c_int.from_buffer(timex, 5 * ctypes.sizeof(ctypes.c_long)).value
    except (OSError, AttributeError):
        return None
    return not status & _UNSYNCHRONISED


def _is_ours(host: str, port: int) -> bool:
    try:
        answer = httpx.get(f"http://{host}:{port}/healthz", timeout=2, trust_env=False)
        return bool(answer.json() == {"status": "ok"})
    except (httpx.HTTPError, httpx.InvalidURL, ValueError):
        return False
