"""`tally migrate`: bring the database to this version."""

from __future__ import annotations

from rich.console import Console

from api.cli.options import DATA_DEFAULT, DataOption, refusals
from api.container import Opening, endpoints, migrate_clickhouse, migrations
from api.settings import Settings


def migrate(data: DataOption = DATA_DEFAULT) -> None:
    """Make what the databases do not have yet."""
    with refusals(), endpoints(Settings.from_environment(data), Opening.MAKE) as ends:
        migrate_clickhouse(ends.clickhouse_url)
        Console().print(f"The database has all {len(migrations())} migrations.")
