"""`tally rebuild`: make what a follower keeps again from the events."""

from __future__ import annotations

from typing import Annotated

import typer
from rich.console import Console

from api.cli.options import DATA_DEFAULT, DataOption, refusals
from api.cli.project import catch_up
from api.cli.verify import verification_progress
from api.comparison.rebuild import rebuild_beside
from api.container import Endpoints, Opening, empty, endpoints, owned_database
from api.garbage_collection import rare_collections
from api.settings import Settings
from ledger.kernel.errors import Invalid
from projections.feed import FEED
from projections.followers import FOLLOWERS
from projections.read_models import READ_MODELS

_KEPT = (*FOLLOWERS, FEED)
_NAMES = ", ".join(_KEPT)


def rebuild(
    read_model: Annotated[str, typer.Argument(help=f"One of: {_NAMES}.")],
    data: DataOption = DATA_DEFAULT,
) -> None:
    """Make a read model again from the events, beside the live one, compare, and replace it.

    It is read and kept up to date meanwhile, and never short. What wallet_snapshots keeps is
    emptied and made again: questions about the past take longer until then.
    """
    with refusals(), rare_collections():
        if read_model not in _KEPT:
            raise Invalid(f"there is no such read model: give one of {_NAMES}.")
        settings = Settings.from_environment(data)
        with endpoints(settings, Opening.WRITE) as ends:
            if read_model == FEED and ends.nats is None:
                raise Invalid("there is no NATS to publish on: set TALLY_NATS_URL.")
            if read_model in READ_MODELS:
                _replace(read_model, ends)
                return
            with owned_database(settings, Opening.READ) as logins:
                empty(read_model, logins, ends)
                catch_up(ends, [read_model])


def _replace(name: str, ends: Endpoints) -> None:
    with verification_progress("rebuild") as on_progress:
        rebuilt = rebuild_beside(name, ends, on_progress)
    differed = "" if rebuilt.differed is None else f", of which {rebuilt.differed:,} differed"
    Console(stderr=True).print(f"{name} is rebuilt: {rebuilt.rows:,} rows{differed}.")
