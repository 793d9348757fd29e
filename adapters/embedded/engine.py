"""The engine as its supervisor sees it: what it needs to know to keep it running."""

from __future__ import annotations

import signal
import subprocess
from typing import Protocol


class Engine(Protocol):
    """One server, of which at most one process runs at a time."""

    name: str
    stop_signal: signal.Signals

    def spawn(self) -> subprocess.Popen[bytes]:
        """Clear what a dead process left, then start a new one from the calling (main) thread."""

    def is_ready(self, process: subprocess.Popen[bytes]) -> bool:
        """Tell whether that process serves now. Never waits."""

    def url(self) -> str:
        """Return where clients connect. The same across restarts of the engine."""

    def release(self) -> None:
        """Give up what outlives a process: sockets, folders outside the data folder."""


class AwaitedEngine(Engine, Protocol):
    """One that nobody may ever need."""

    def is_wanted(self) -> bool:
        """Tell whether somebody waits for it. Never waits."""
