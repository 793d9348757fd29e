"""What the command writes of money and persons is its owner's alone, whatever the shell allows."""

from __future__ import annotations

import os
import stat
import subprocess
import sys
from pathlib import Path

from tests.formats.export.bundles import Sealed


def tally(told: Sealed, *arguments: str, **also: str) -> None:
    """Run it as a shell does whose files are readable by all."""
    done = subprocess.run(
        [sys.executable, "-P", "-m", "api.cli.main", *arguments],
        env={
            **os.environ,
            "TALLY_DATABASE_URL": told.ends.database.owner,
            "TALLY_CLICKHOUSE_URL": told.ends.clickhouse_url,
            **also,
        },
        capture_output=True,
        text=True,
        umask=0o022,
    )
    assert done.returncode == 0, done.stdout + done.stderr


def readable_by_others(folder: Path) -> list[str]:
    return [
        str(each.relative_to(folder))
        for each in folder.rglob("*")
        if stat.S_IMODE(each.stat().st_mode) & 0o077
    ]


def test_exports_and_journals_are_for_their_owner_alone(told: Sealed, tmp_path: Path) -> None:
    data = ("--data", str(told.settings.data))
    for name in ("evidence", "evidence.tar.gz"):
        tally(told, "export", "--org", "acme", str(tmp_path / name), *data)
    for style in ("beancount", "hledger", "csv"):
        out = str(tmp_path / f"acme.{style}")
        tally(told, "journal", "--org", "acme", "--format", style, "--out", out, *data)
    assert len(list(tmp_path.iterdir())) == 5
    assert readable_by_others(tmp_path) == []


def test_what_was_signed_stays_for_everyone_to_compare(told: Sealed, tmp_path: Path) -> None:
    """Keys of the ledger: the private ones are private, the public ones and checkpoints public."""
    witness = tmp_path / "witness"
    data = str(told.settings.data)
    tally(told, "seal", "--once", "--data", data, TALLY_WITNESSES=str(witness))
    delivered = list(witness.iterdir())
    assert delivered
    for each in (witness, *delivered, told.settings.data / "verifier-keys"):
        assert each.stat().st_mode & 0o004, each
    assert stat.S_IMODE((told.settings.data / "signing-keys").stat().st_mode) == 0o600
