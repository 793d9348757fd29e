"""The quickstart, block by block, as a stranger would run it."""

from __future__ import annotations

import os
import re
import subprocess
import sys
import tomllib
from collections.abc import Callable
from pathlib import Path

from api.container import Endpoints
from api.demo.service import free_port
from tests.tidy.tree import ROOT

PAGE = (ROOT / "docs" / "quickstart.md").read_text("utf-8")
BLOCK = re.compile(r"^```(\w+)\n(.*?)^```$", re.M | re.S)


def blocks(language: str) -> list[str]:
    return [text for kind, text in BLOCK.findall(PAGE) if kind == language]


def test_a_stranger_gets_to_a_debit_a_webhook_and_metrics(
    new_endpoints: Callable[[], Endpoints], tmp_path: Path
) -> None:
    ends = new_endpoints()
    ports = {"8080": str(free_port()), "9000": str(free_port())}
    for program in blocks("python"):
        name = program.partition("\n")[0].removeprefix("# ")
        (tmp_path / name).write_text(_at(ports, program))
    _, *steps = blocks("bash")
    script = "set -euo pipefail\ntrap 'kill $SERVICE; wait $SERVICE' EXIT\n" + "\n".join(steps)
    script = script.replace("2>&1 &\n", "2>&1 &\nSERVICE=$!\n")
    environment = {
        **os.environ,
        "PATH": f"{Path(sys.executable).parent}:{os.environ['PATH']}",
        "TALLY_DATABASE_URL": ends.database.owner,
        "TALLY_CLICKHOUSE_URL": ends.clickhouse_url,
    }
    done = subprocess.run(
        ["bash", "-c", _at(ports, script)],
        cwd=tmp_path,
        env=environment,
        capture_output=True,
        text=True,
        timeout=300,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    assert "debited -1.375 credits, 4998.625 are left" in done.stdout
    assert '"type":"cap.threshold_crossed"' in done.stdout
    assert "tally_" in done.stdout
    assert "as the events say" in done.stdout


def test_what_it_installs_is_an_extra() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]
    assert "'.[embedded]'" in blocks("bash")[0]
    assert "tallystick[service]" in project["optional-dependencies"]["embedded"]
    assert [each.partition(">")[0] for each in project["dependencies"]] == ["httpx"]


def test_what_it_names_is_there() -> None:
    names = re.findall(r"\]\(\.\./([^)#]+)\)", PAGE)
    assert "ops/grafana/tallystick.json" in names
    assert not [name for name in names if not (ROOT / name).is_file()]


def _at(ports: dict[str, str], text: str) -> str:
    for written, free in ports.items():
        text = text.replace(written, free)
    return text
