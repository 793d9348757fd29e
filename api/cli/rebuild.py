"""`tally rebuild`: empty what a follower keeps and make it again from the events."""

from __future__ import annotations

from typing import Annotated

import typer

from api.cli.options import DATA_DEFAULT, DataOption, refusals
from api.cli.project import catch_up
from api.container import Opening, empty, endpoints, owned_database
from api.garbage_collection import rare_collections
from api.settings import Settings
from ledger.kernel.errors import Invalid
from projections.feed import FEED
from projections.followers import FOLLOWERS

_KEPT = (*FOLLOWERS, FEED)
_NAMES = ", ".join(_KEPT)


def rebuild(
    read_model: Annotated[str, typer.Argument(help=f"One of: {_NAMES}.")],
    data: DataOption = DATA_DEFAULT,
) -> None:
    """Empty a read model and make it again from the events; until then its lists are short."""
    with refusals(), rare_collections():
        if read_model not in _KEPT:
            raise Invalid(f"there is no such read model: give one of {_NAMES}.")
        settings = Settings.from_environment(data)
        with (
            endpoints(settings, Opening.WRITE) as ends,
            owned_database(settings, Opening.READ) as logins,
        ):
            if read_model == FEED and ends.nats is None:
                raise Invalid("there is no NATS to publish on: set TALLY_NATS_URL.")
            empty(read_model, logins, ends)
            catch_up(ends, [read_model])
