"""The command `tally` with all that it can."""

from __future__ import annotations

from api.cli.main import SUBCOMMANDS, app_of

app = app_of(*SUBCOMMANDS)
