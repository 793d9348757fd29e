"""The year in short: the first months of twenty payers, of whom each is of another kind."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from typer.testing import CliRunner

from api.container import Endpoints
from ledger.kernel.money import format_amount
from ledger.kernel.times import parse_time
from tests.command_line import app
from tests.scenarios.commands import ORG
from tests.year.books import ReadModels
from tests.year.comparison import compare
from tests.year.lived import Lived, live

UNTIL_US = parse_time("2023-06-01T00:00:00Z", "until")


@pytest.fixture(scope="module")
def lived(ends: Endpoints, tmp_path_factory: pytest.TempPathFactory) -> Lived:
    """What has happened."""
    return live(ends, tmp_path_factory.mktemp("sandbox"), payers=20, until_us=UNTIL_US)


@pytest.fixture
def told(lived: Lived) -> Iterator[ReadModels]:
    """What its read models say."""
    models = ReadModels(lived.books.ends, UNTIL_US, lived.books.from_us)
    yield models
    models.close()


def test_all_books_agree_to_the_unit(lived: Lived, tmp_path: Path) -> None:
    assert lived.charges > 30
    found = list(compare(lived.books, tmp_path))
    assert [each for each in found if not each.agrees] == []
    assert len(found) > 12


def test_a_month_is_printed_and_drawn(
    lived: Lived, told: ReadModels, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("TALLY_DATABASE_URL", lived.books.ends.database.owner)
    monkeypatch.setenv("TALLY_CLICKHOUSE_URL", lived.books.ends.clickhouse_url)
    monkeypatch.setenv("COLUMNS", "200")
    picture = tmp_path / "revenue.png"
    asked = ["revenue", "--org", ORG, "--period", "2023-02..2023-05", "--plot", str(picture)]
    printed = CliRunner().invoke(app, asked)
    assert printed.exit_code == 0, printed.output
    rows = [line.split("│")[1:-1] for line in printed.output.splitlines() if line.count("│") > 6]
    shown = {row[0].strip(): {each.strip() for each in row} for row in rows}
    assert list(shown) == [each.month for each in told.months] == sorted(shown)
    for each in told.months:
        sums = each.revenue, sum(each.deferred.values()), each.recurring.recurring
        assert {format_amount(amount, "usd") for amount in sums} <= shown[each.month]
        assert each.revenue > 0
    assert picture.read_bytes().startswith(b"\x89PNG")


@pytest.mark.parametrize(
    ("period", "said"),
    [
        ("2023-02-03", "--period must be of whole months"),
        ("2999", "--period has no month that is over"),
        ("soon", "period must be a year"),
    ],
)
def test_what_is_no_time_of_months_is_refused(period: str, said: str) -> None:
    printed = CliRunner().invoke(app, ["revenue", "--org", ORG, "--period", period])
    assert printed.exit_code == 2
    assert said in printed.output
