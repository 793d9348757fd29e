"""`tally migrate`: bring the database to this version."""

from __future__ import annotations

from rich.console import Console

from adapters.postgres import migrations
from api.cli.options import DATA_DEFAULT, DataOption
from api.container import endpoints
from api.settings import Settings


def migrate(data: DataOption = DATA_DEFAULT) -> None:
    """Run the migrations that the database does not have yet."""
    with endpoints(Settings.from_environment(data)):
        Console().print(f"The database has all {len(migrations.migrations())} migrations.")
