"""CPU time of the processes of a service, by what they are."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass

import psutil

SERVICE, WRITER, POSTGRESQL = "service", "writer", "postgresql"


@dataclass(frozen=True)
class Spent:
    """Seconds of CPU since each process began: pid → (what it is, seconds)."""

    processes: Mapping[int, tuple[str, float]]

    def since(self, before: Spent) -> dict[str, float]:
        """Seconds spent in between, by what the processes are; those that ended are lost."""
        spent: dict[str, float] = defaultdict(float)
        for pid, (what, seconds) in self.processes.items():
            spent[what] += seconds - before.processes.get(pid, (what, 0.0))[1]
        return spent


def spent_by(service: psutil.Process) -> Spent:
    """The service and everything it started."""
    return Spent(
        {
            each.pid: measured
            for each in [service, *service.children(recursive=True)]
            if (measured := _measure(each, service)) is not None
        }
    )


def _measure(process: psutil.Process, service: psutil.Process) -> tuple[str, float] | None:
    try:
        times = process.cpu_times()
        what = SERVICE if process == service else _what(process.cmdline())
    except psutil.NoSuchProcess:
        return None
    spent = times.user + times.system
    if what == POSTGRESQL:  # a connection that was closed has left what it spent to its parent
        spent += times.children_user + times.children_system
    return what, spent


def is_writer(command: list[str]) -> bool:
    """Whether it is the process that writes, also when it is watched."""
    return "api.writer" in command or command[3:4] in (["bench.sampled"], ["bench.traced"])


def _what(command: list[str]) -> str:
    """The subcommand of `tally`, or the engine."""
    if command and "postgres" in command[0]:
        return POSTGRESQL
    if is_writer(command):
        return WRITER
    if "api.worker" in command:
        return SERVICE
    if "api.cli.main" in command:
        return command[command.index("api.cli.main") + 1]
    return "clickhouse" if "adapters.embedded.clickhouse_server" in command else "engines"
