"""Child processes that die with the process that started them."""

from __future__ import annotations

import ctypes
import os
import pwd
import secrets
import signal
import subprocess
from collections.abc import Callable, Iterable, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from adapters.embedded.errors import EmbeddedEngineError

_PR_SET_PDEATHSIG = 1
_UNASSIGNED = range(60578, 61184)
"""User ids that no distribution and no service manager gives out (systemd's "Users, Groups, UIDs
and GIDs")."""
_PASSED_ON = ("XDG_RUNTIME_DIR", "TMPDIR", "TALLY_ENGINES_HOME", "LD_LIBRARY_PATH")
_prctl = ctypes.CDLL(None).prctl


@dataclass(frozen=True)
class Account:
    """The user a child runs as, when that is not the user we run as."""

    uid: int
    gid: int

    @classmethod
    def for_postgres(cls, data: Path) -> Account | None:
        """Choose the user of a child.

        PostgreSQL refuses to run as root: root gives its data to an account that is nothing else's.
        Programs of the same user could read the server's memory and its files."""
        if os.geteuid() != 0:
            return None
        with suppress(FileNotFoundError):
            owner = data.stat()
            if owner.st_uid in _UNASSIGNED:
                return cls(owner.st_uid, owner.st_gid)
        taken = {entry.pw_uid for entry in pwd.getpwall()} | _uids()
        free = [uid for uid in _UNASSIGNED if uid not in taken]
        if not free:
            raise EmbeddedEngineError("PostgreSQL refuses to run as root, and no user id is free.")
        uid = secrets.choice(free)
        return cls(uid, uid)

    @classmethod
    def nobody(cls) -> Account | None:
        """Return who makes the data where root does: initdb only works for a user that has a
        name."""
        if os.geteuid() != 0:
            return None
        try:
            entry = pwd.getpwnam("nobody")
        except KeyError:
            raise EmbeddedEngineError(
                "PostgreSQL refuses to run as root, and there is no user `nobody` to run it as."
            ) from None
        return cls(entry.pw_uid, entry.pw_gid)


def environment(**extra: str) -> dict[str, str]:
    """Return what an engine may see of our environment: nothing that could change its behaviour
    (PGDATA, PGOPTIONS, LC_ALL, TZ ...)."""
    return {
        "PATH": "/usr/local/bin:/usr/bin:/bin",
        "LANG": "C.UTF-8",
        "TZ": "UTC",
        **extra,
    }


def passed_on() -> dict[str, str]:
    """Return what the supervisor needs of our environment: where it may put things, and find its
    own."""
    return {name: os.environ[name] for name in _PASSED_ON if name in os.environ}


def import_path() -> str:
    """Return the PYTHONPATH of a Python child, which starts in / and must find the code we run."""
    ours = Path(__file__).resolve().parents[2]
    given = [
        Path(entry).absolute() for entry in os.environ.get("PYTHONPATH", "").split(":") if entry
    ]
    return os.pathsep.join(map(str, [ours, *given]))


def spawn(
    command: Sequence[str],
    *,
    log: int,
    death_signal: signal.Signals,
    env: dict[str, str],
    keep: Iterable[int] = (),
    account: Account | None = None,
    stdin: int = subprocess.DEVNULL,
) -> subprocess.Popen[bytes]:
    """Start a child in a session of its own, so that the terminal's Ctrl-C reaches only us.

    Call it from the main thread: the kernel sends `death_signal` when the *thread* that
    forked ends. `keep` are the handles the child inherits.
    """
    return subprocess.Popen(
        command,
        stdin=stdin,
        stdout=log,
        stderr=log,
        cwd="/",
        env=env,
        pass_fds=tuple(keep),
        start_new_session=True,
        preexec_fn=_die_with(os.getpid(), death_signal),
        user=account.uid if account else None,
        group=account.gid if account else None,
        extra_groups=[] if account else None,
    )


def _die_with(parent: int, death_signal: signal.Signals) -> Callable[[], None]:
    number = int(death_signal)

    def ask_the_kernel() -> None:
        # After setuid, which would clear the request.
        _prctl(_PR_SET_PDEATHSIG, number)
        if os.getppid() != parent:  # it died before we asked
            os._exit(1)

    return ask_the_kernel


def processes_in(folder: os.stat_result, name: str) -> list[int]:
    """Live processes called `name` whose current directory is that folder: how a PostgreSQL
    server and its backends are recognised, whoever started them. Zombies have no directory."""
    return [pid for pid in _pids() if _name(pid) == name and _is_in(pid, folder)]


def _pids() -> list[int]:
    return [int(entry.name) for entry in Path("/proc").iterdir() if entry.name.isdigit()]


def _uids() -> set[int]:
    """Return the users that anything runs as."""
    found = set()
    for pid in _pids():
        with suppress(OSError):
            found.add(Path(f"/proc/{pid}").stat().st_uid)
    return found


def _name(pid: int) -> str:
    try:
        return Path(f"/proc/{pid}/comm").read_text().strip()
    except OSError:
        return ""


def _is_in(pid: int, folder: os.stat_result) -> bool:
    try:
        return os.path.samestat(Path(f"/proc/{pid}/cwd").stat(), folder)
    except OSError:
        return False
