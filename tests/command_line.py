"""The command `tally` with all that it can."""

from __future__ import annotations

from functools import cache

import typer.main
from typer import testing

from api.cli.main import SUBCOMMANDS, app_of

app = app_of(*SUBCOMMANDS)

vars(testing)["_get_command"] = cache(typer.main.get_command)
"""Or every command line of a test would have all subcommands looked at again."""
