"""The package: the wheel has all that is read at run time, and a service starts from it alone."""

from __future__ import annotations

import subprocess
import sys
import tomllib
import uuid
from collections.abc import Callable
from pathlib import Path
from zipfile import ZipFile

import pytest

from api.container import Endpoints
from api.demo.service import service
from api.environment import whole_environment
from tests.tidy.tree import ROOT

ORG = {"id": "acme", "name": "Acme"}


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The wheel, built as `pip install .` does."""
    folder = tmp_path_factory.mktemp("wheel")
    _run("-m", "hatchling", "build", "-t", "wheel", "-d", str(folder), cwd=ROOT)
    (built,) = folder.glob("*.whl")
    return built


@pytest.fixture(scope="module")
def installed(wheel: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with what the wheel installs, and nothing else of ours."""
    folder = tmp_path_factory.mktemp("installed")
    offline = ("--no-deps", "--no-index", "--quiet", "--disable-pip-version-check")
    _run("-m", "pip", "install", *offline, "--target", str(folder), str(wheel), cwd=folder)
    return folder


def test_the_wheel_has_every_file_of_its_packages(wheel: Path) -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))
    packages = project["tool"]["hatch"]["build"]["targets"]["wheel"]["packages"]
    tracked = subprocess.run(
        ["git", "ls-files", "-z", *packages], cwd=ROOT, check=True, capture_output=True, text=True
    )
    files = set(tracked.stdout.split("\0")) - {""}
    with ZipFile(wheel) as archive:
        packed = {name for name in archive.namelist() if ".dist-info/" not in name}
    assert packed == files
    assert {Path(name).suffix for name in packed} >= {".py", ".sql", ".json", ".md"}


def test_a_service_runs_from_the_wheel_alone(
    installed: Path,
    new_endpoints: Callable[[], Endpoints],
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.chdir(tmp_path)  # a folder named `api` in the current one would be found first
    ends = new_endpoints()
    environment = {
        "PYTHONPATH": str(installed),
        "TALLY_DATABASE_URL": ends.database.owner,
        "TALLY_CLICKHOUSE_URL": ends.clickhouse_url,
    }
    where = "import adapters, api, ledger, projections, schemas; print(schemas.__file__)"
    assert _run("-c", where, cwd=tmp_path, **environment).startswith(str(installed))
    with service(tmp_path / "data", environment=environment) as running:
        running.call("POST", "/v1/orgs", ORG)
        body = {"id": str(uuid.uuid4()), "user": "ada", "amount": "1"}
        running.call("POST", "/v1/billing/usage", body, org="acme")
        asked = "/v1/billing/transactions?min_sequence=2"
        listed = running.call("GET", asked, org="acme")
        assert len(listed["data"]) == 1
        assert running.call("GET", "/openapi.json")["paths"]
        running.wait_until_sealed("acme")
    verify = ("-m", "api.cli.main", "verify", "--data", str(tmp_path / "data"))
    assert "as the events say" in _run(*verify, cwd=tmp_path, **environment)


def _run(*arguments: str, cwd: Path, **environment: str) -> str:
    """What Python prints; it must succeed."""
    done = subprocess.run(
        [sys.executable, *arguments],
        cwd=cwd,
        env=whole_environment(**environment),
        capture_output=True,
        text=True,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout
