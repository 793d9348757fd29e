"""Faults of versions: a newer service beside this one, as `docs/upgrade.md` has it."""

from __future__ import annotations

import shutil
import signal
import subprocess
import sys
from pathlib import Path

from api.demo.service import STOP_S, free_port, wait_until_ready
from tests.faults.campaign import Run
from tests.faults.world import World

ROOT = Path(__file__).parents[2]
PACKAGES = ("ledger", "projections", "api", "adapters", "schemas")
EXPANSION = """
ALTER TABLE tally.heads ADD expanded_note text;
CREATE TABLE tally.expanded (org text PRIMARY KEY, since bigint NOT NULL DEFAULT 0);
GRANT SELECT, INSERT ON tally.expanded TO tally_writer;
"""


def newer_service_beside(run: Run) -> None:
    """A newer version migrates and serves beside this one under load, then instead of it; in the
    long form this one is stopped meanwhile, and starts again over the newer's schema."""
    world, newer = run.world, _newer_tree(run.world.folder / "newer")
    migrated = _tally(newer, world, "migrate")
    assert migrated.returncode == 0, migrated.stdout + migrated.stderr
    run.until_served()
    port = free_port()
    process = _serve(newer, world, port)
    try:
        url = f"http://127.0.0.1:{port}"
        wait_until_ready(url, process, world.log)
        run.load.urls = [world.url, url]
        run.until_served()
        run.load.urls = [url]
        if not run.is_short:
            world.process.send_signal(signal.SIGTERM)
            world.process.wait(STOP_S)
            run.until_served()
            world.start_service()
        run.until_served()
    finally:
        run.load.urls = [world.url]
        process.send_signal(signal.SIGTERM)
        process.wait(STOP_S)
    run.until_served()


def _newer_tree(at: Path) -> Path:
    """Return a version of the program that has one migration more."""
    if not at.exists():
        for name in PACKAGES:
            shutil.copytree(ROOT / name, at / name, ignore=shutil.ignore_patterns("__pycache__"))
        (at / "schemas" / "postgres" / "9999_kernel_expansion.sql").write_text(EXPANSION)
    return at


def _environment(tree: Path, world: World) -> dict[str, str]:
    environment = world.environment(world.proxy.url)
    found = [str(tree), environment.get("PYTHONPATH", "")]
    return {**environment, "PYTHONPATH": ":".join(filter(None, found))}


def _serve(tree: Path, world: World, port: int) -> subprocess.Popen[bytes]:
    with world.log.open("ab") as log:
        return subprocess.Popen(
            [sys.executable, "-m", "api.cli.main", "serve", "--port", str(port), "--data",
             str(world.data), *world.counts],
            cwd=tree, env=_environment(tree, world), stdin=subprocess.DEVNULL, stdout=log,
            stderr=log,
        )  # fmt: skip


def _tally(tree: Path, world: World, *arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "api.cli.main", *arguments, "--data", str(world.data)],
        cwd=tree, env=_environment(tree, world), capture_output=True, text=True, timeout=120,
        check=False,
    )  # fmt: skip
