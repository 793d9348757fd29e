"""Options that several subcommands share."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

DataOption = Annotated[
    Path, typer.Option("--data", help="Folder for everything embedded.", show_default=True)
]
DATA_DEFAULT = Path(".tally")
