"""`tally report usage`: a table in the terminal and a picture, of what the ledger has."""

from __future__ import annotations

import struct
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import pytest
from typer.testing import CliRunner, Result

from api.container import Endpoints
from api.reports.usage_plot import SHOWN, Figures
from tests.api.served import Api, done, served
from tests.command_line import app


@pytest.fixture(scope="module")
def admin(ends: Endpoints) -> Iterator[Api]:
    with served(ends) as service:
        admin = service.new_admin()
        for day, model, amount in ((1, "m1", "1500"), (1, "$m2$", "499.999999"), (4, "m1", "0.5")):
            more = {"model": model, "input_tokens": 7, "occurred_at": f"2026-02-0{day}T10:00:00Z"}
            last = done(admin.use("ada", amount, **more))
        done(admin.get("/v1/billing/usage", period="2026-02", min_sequence=last["sequence"]))
        yield admin


@pytest.fixture
def report(ends: Endpoints, admin: Api, monkeypatch: pytest.MonkeyPatch) -> Report:
    monkeypatch.setenv("TALLY_DATABASE_URL", ends.database.owner)
    monkeypatch.setenv("TALLY_CLICKHOUSE_URL", ends.clickhouse_url)
    monkeypatch.setenv("COLUMNS", "160")
    return Report(str(admin.org))


class Report:
    """The command in this process."""

    def __init__(self, org: str) -> None:
        self.org = org

    def __call__(self, *more: str, period: str = "2026-02") -> Result:
        asked = ["report", "usage", "--org", self.org, "--period", period, *more]
        return CliRunner().invoke(app, asked)


def test_the_table_has_exact_amounts_the_largest_first(report: Report) -> None:
    told = report()
    assert told.exit_code == 0, told.output
    rows = [line.split("│")[1:-1] for line in told.output.splitlines() if line.count("│") > 6]
    assert [[each.strip() for each in row] for row in rows] == [
        ["m1", "2", "14", "0", "1500.5", "1.5005", "75.0 %"],
        ["$m2$", "1", "7", "0", "499.999999", "0.499999999", "24.9 %"],
        ["together", "3", "", "", "2000.499999", "2.000499999", ""],
    ]


def test_a_picture_is_drawn_in_either_format(report: Report, tmp_path: Path) -> None:
    picture = tmp_path / "usage.png"
    assert report("--plot", str(picture)).exit_code == 0
    content = picture.read_bytes()
    assert content.startswith(b"\x89PNG")
    assert struct.unpack(">II", content[16:24]) == (1536, 864)
    drawing = tmp_path / "usage.svg"
    assert report("--plot", str(drawing), "--granularity", "hourly").exit_code == 0
    assert ElementTree.parse(drawing).getroot().tag.endswith("svg")


@pytest.mark.parametrize(
    ("more", "said"),
    [
        (("--plot", "usage.pdf"), "ends with .png or .svg"),
        (("--plot", "/nowhere/usage.png"), "cannot be written"),
        (("--by", "colour"), "--by must be one of"),
        (("--granularity", "weekly"), "--granularity must be one of"),
    ],
)
def test_what_is_wrong_is_said(report: Report, more: tuple[str, ...], said: str) -> None:
    told = report(*more)
    assert told.exit_code == 2
    assert said in told.output


def test_a_period_without_usage_has_no_picture(report: Report, tmp_path: Path) -> None:
    told = report("--plot", str(tmp_path / "usage.png"), period="2025")
    assert told.exit_code == 2
    assert "no usage in this period" in told.output


def test_without_matplotlib_it_says_what_to_install(
    report: Report, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, "matplotlib.figure", None)
    told = report("--plot", str(tmp_path / "usage.png"))
    assert told.exit_code == 2
    assert "tallystick[plots]" in told.output


def test_days_without_usage_are_there_and_small_labels_are_one() -> None:
    rows: list[dict[str, Any]] = [
        {"by_day": f"2026-02-{1 + 2 * n:02}", "by_model": f"m{n}", "amount": str(100 - n)}
        for n in range(12)
    ]
    rows = [row | {"lines": 1, "input_tokens": 0, "output_tokens": 0} for row in rows]
    figures = Figures("acme", "2026-02", "model", "day", rows)
    assert figures.buckets() == [f"2026-02-{day:02}" for day in range(1, 24)]
    stacks = dict(figures.stacks())
    assert len(stacks) == SHOWN + 1
    assert sum(map(sum, stacks.values())) == figures.total
    assert sum(stacks["others"]) == sum(100 - n for n in range(SHOWN, 12))
