"""Inside of the processes under test: a clock that is set, crashes at a named step, messages that
come twice and in another order, and short deadlines."""

from __future__ import annotations

import asyncio
import mmap
import os
import random
import signal
import struct
import sys
import threading
import time
from functools import partial
from pathlib import Path
from types import FrameType
from typing import Any, cast

CONTROLS = {"clock": 8, "step": 256, "messages": 1}
"""What a campaign says to the processes while they run: files, and their bytes."""

STEPS = "steps"
"""The file of the steps that were traced, one a line."""

TRACE = b"trace"
LOST = 0.1
"""So many of the outcomes are lost, where messages are."""

REORDERED_S = 0.01
"""A message comes so much later than it was sent, at most."""

_SHIFT = struct.Struct("<q")
_WATCHED = ("api/writer/", "api/commands/", "adapters/postgres/event_store", "adapters/recorder")


class Controls:
    """What a campaign says, in a folder."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        for name, size in CONTROLS.items():
            if not (folder / name).exists():
                (folder / name).write_bytes(bytes(size))

    def set_clock(self, seconds: float) -> None:
        """Have all clocks be ahead by so much, or behind."""
        _write(self.folder / "clock", _SHIFT.pack(int(seconds * 1e9)))

    def set_step(self, step: bytes) -> None:
        """Have the writer be killed when it next comes to a step."""
        _write(self.folder / "step", step.ljust(CONTROLS["step"], b"\0"))

    def set_messages(self, twice: bool) -> None:
        """Have messages come twice and in another order, or as they are sent."""
        _write(self.folder / "messages", bytes([twice]))

    @property
    def step(self) -> bytes:
        """The step that is waited for; nothing once it was come to."""
        return (self.folder / "step").read_bytes().rstrip(b"\0")

    def steps(self) -> list[bytes]:
        """Return the steps that were traced, in the order in which they were first come to."""
        return (self.folder / STEPS).read_bytes().splitlines()


def search_path() -> str:
    """Return where Python finds what plants, and what is planted."""
    root, hooks = Path(__file__).parents[2], Path(__file__).parent / "hooks"
    return os.pathsep.join([str(hooks), str(root)])


def environment(controls: Controls, *plants: str) -> dict[str, str]:
    """Return what has processes plant these functions of this module."""
    return {
        "PYTHONPATH": search_path(),
        "PYTHON_PLANTED": " ".join([*_also(), *(f"{__name__}:{each}" for each in plants)]),
        "PYTHON_CONTROLS": str(controls.folder),
    }


def _also() -> list[str]:
    """Return what was planted in this process, too: a bug that a campaign is to find."""
    return os.environ.get("PYTHON_PLANTED", "").split()


# -- planted ----------------------------------------------------------------------------------


def clock_that_is_set() -> None:
    """Add to this process's clock what the campaign says."""
    shift, real = _shared("clock"), time.time_ns

    def time_ns() -> int:
        (added,) = _SHIFT.unpack_from(shift)
        return real() + int(added)

    vars(time)["time_ns"] = time_ns
    vars(time)["time"] = lambda: time_ns() / 1e9


def crash_at_a_step() -> None:
    """Kill the writer when it calls, or returns from, what the campaign says."""
    if "api.writer" not in sys.orig_argv:
        return
    control = _shared("step")
    traced: set[bytes] = set()
    steps = Path(os.environ["PYTHON_CONTROLS"]) / STEPS

    def look(frame: FrameType, event: str, _: object) -> None:
        file = frame.f_code.co_filename
        if event not in ("call", "return") or not any(each in file for each in _WATCHED):
            return
        wanted = control[:].rstrip(b"\0")
        if not wanted:
            return
        step = f"{event} {Path(file).stem}.{frame.f_code.co_qualname}".encode()
        if step == wanted:
            control[:] = bytes(len(control))  # not again, once it has been started again
            os.kill(os.getpid(), signal.SIGKILL)
        elif wanted == TRACE and step not in traced:
            traced.add(step)
            with steps.open("ab") as file_of_steps:
                file_of_steps.write(step + b"\n")

    threading.setprofile(look)


def messages_twice_and_in_another_order() -> None:
    """Have each command cross to the writer twice, at two moments, and some outcomes be lost."""
    from api.writer.client_protocol import UNKNOWN, ClientProtocol  # noqa: PLC0415  # once planted
    from ledger.kernel.errors import LedgerError, Unavailable  # noqa: PLC0415

    real, control = ClientProtocol.ask, _shared("messages")
    draw = random.Random(os.getpid())

    def tell(told: asyncio.Future[Any], outcome: asyncio.Future[Any]) -> None:
        if told.done():
            return
        error = Unavailable(UNKNOWN) if draw.random() < LOST else outcome.exception()
        told.set_exception(error) if error else told.set_result(outcome.result())

    def cross(protocol: ClientProtocol, command: Any, told: asyncio.Future[Any]) -> None:
        try:
            real(protocol, command).add_done_callback(partial(tell, told))
        except LedgerError as error:
            if not told.done():
                told.set_exception(error)

    def ask(protocol: ClientProtocol, command: Any) -> asyncio.Future[Any]:
        if control[:] == b"\0":
            return real(protocol, command)
        loop = asyncio.get_running_loop()
        told: asyncio.Future[Any] = loop.create_future()
        for _ in range(2):
            loop.call_later(draw.uniform(0, REORDERED_S), cross, protocol, command, told)
        return told

    cast(Any, ClientProtocol).ask = ask


def short_deadlines() -> None:
    """Have a request be answered within a second."""
    import api.deadline  # noqa: PLC0415  # before any other module takes it from there

    api.deadline.REQUEST_S = 1.0


def missed_within_seconds() -> None:
    """Have what Stripe did not tell be asked for after seconds, as in a short campaign."""
    _ask_after(3)


def missed_within_a_minute() -> None:
    """Have what Stripe did not tell be asked for after a minute, as in a long campaign."""
    _ask_after(60)


def placed_within_seconds() -> None:
    """Have a cart be free again after seconds whose order was never placed."""
    from ledger.kernel import limits  # noqa: PLC0415  # before anybody takes it from there

    limits.PLACING_MAX_US = 3_000_000


def _ask_after(seconds: int) -> None:
    if "jobs" not in sys.orig_argv:
        return
    from api.effects.purchases import missed  # noqa: PLC0415  # once planted

    missed.ASK_US = seconds * 1_000_000
    missed.LATE_US = 4 * missed.ASK_US  # as much longer as it is


# -- files that are shared --------------------------------------------------------------------


def _shared(name: str) -> mmap.mmap:
    with (Path(os.environ["PYTHON_CONTROLS"]) / name).open("r+b") as file:
        return mmap.mmap(file.fileno(), CONTROLS[name])


def _write(path: Path, content: bytes) -> None:
    with path.open("r+b") as file:
        file.write(content)
