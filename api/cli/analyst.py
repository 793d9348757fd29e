"""`tally analyst`: where the analysts of an org ask the embedded ClickHouse."""

from __future__ import annotations

from typing import Annotated

import typer

from api.cli.options import DATA_DEFAULT, DataOption, refusals
from api.container import analyst_url
from api.settings import Settings


def analyst(
    tenant: Annotated[
        str, typer.Argument(metavar="ORG", help="Whose rows they see, and no other's.")
    ],
    data: DataOption = DATA_DEFAULT,
) -> None:
    """Print the URL, with its password, at which the analysts of an org ask ClickHouse. It is as
    long as the service runs; the password stays."""
    with refusals():
        typer.echo(analyst_url(Settings.from_environment(data), tenant))
