"""`tally serve` and its writer under a sampling profiler: `python -m bench.sampled serve ...`.

A thread looks at every other thread, and books the CPU time it has spent since the last look (from
the thread's own clock, so waiting costs nothing) to the place where it is. A place is the innermost
function of ours with the library it has called, or the library's file when it works on its own:
the event loop, the server. Threads give way more often than usual, so that looks do not fall mostly
on those moments when one waits anyway.

It is asked for what was booked as `bench/marks.py` says.
"""

from __future__ import annotations

import os
import sys
import sysconfig
import threading
import time
from collections import defaultdict
from pathlib import Path
from types import FrameType
from typing import Any

from bench.marks import serve

LOOK_EVERY_S = 0.0005
GIVE_WAY_S = 0.0002

_ROOT = str(Path(__file__).resolve().parents[1]) + os.sep
_OURS = tuple(_ROOT + each + os.sep for each in ("api", "ledger", "adapters", "projections"))
_COMMAND = f"{_ROOT}api{os.sep}cli{os.sep}"
"""At the bottom of the main thread's every stack."""

_OTHERS = tuple(sysconfig.get_path(each) + os.sep for each in ("purelib", "platlib", "stdlib"))

Spent = dict[tuple[str, str, str], float]


class Sampler(threading.Thread):
    """Books CPU seconds by thread, file and function, from its start on."""

    def __init__(self) -> None:
        super().__init__(name="sampler", daemon=True)
        self._spent: Spent = defaultdict(float)
        self._clocks: dict[int, float] = {}

    def run(self) -> None:
        while True:
            time.sleep(LOOK_EVERY_S)
            frames = sys._current_frames()
            for thread in threading.enumerate():
                frame = frames.get(thread.ident or 0)
                if frame is not None and thread is not self:
                    self._book(thread, frame)

    def _book(self, thread: threading.Thread, frame: FrameType) -> None:
        assert thread.ident is not None
        now = time.clock_gettime(time.pthread_getcpuclockid(thread.ident))
        spent = now - self._clocks.get(thread.ident, now)
        self._clocks[thread.ident] = now
        if spent:
            self._spent[thread.name, *_place(frame)] += spent

    def taken(self) -> list[Any]:
        """Return what was booked, and begin anew."""
        spent, self._spent = self._spent, defaultdict(float)
        return [[*place, seconds] for place, seconds in spent.items()]


def _place(frame: FrameType) -> tuple[str, str]:
    """The file and function at work."""
    at: FrameType | None = frame
    while at is not None:
        name = at.f_code.co_filename
        if name.startswith(_OURS) and not name.startswith(_COMMAND):
            called = "" if at is frame else f" → {_library(frame).partition(os.sep)[0]}"
            return name.removeprefix(_ROOT), at.f_code.co_qualname + called
        at = at.f_back
    return _library(frame), frame.f_code.co_qualname


def _library(frame: FrameType) -> str:
    """A file of an installed package or of Python."""
    name = frame.f_code.co_filename
    for folder in _OTHERS:
        name = name.removeprefix(folder)
    return name.removeprefix(_ROOT)


if __name__ == "__main__":
    sys.setswitchinterval(GIVE_WAY_S)
    sampler = Sampler()
    sampler.start()
    serve("bench.sampled", sampler.taken)
