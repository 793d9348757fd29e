"""Options that several subcommands share."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Annotated, NoReturn

import psycopg
import typer
from rich.console import Console
from rich.text import Text

from api.settings import SettingRefused
from ledger.kernel.errors import LedgerError

DataOption = Annotated[
    Path, typer.Option("--data", help="Folder for everything embedded.", show_default=True)
]
DATA_DEFAULT = Path(".tally")
SEQUENCE_MAX = 2**63 - 1
"""The database counts no further."""


@contextmanager
def refusals(nothing: str = "") -> Iterator[None]:
    """Turn what refuses a command into one sentence, after what was not done; exit code 2."""
    try:
        yield
    except (LedgerError, SettingRefused, OSError) as error:
        _refuse(f"{nothing}{error}")
    except psycopg.Error as error:
        _refuse(f"{nothing}PostgreSQL: {str(error).splitlines()[0]}")


def _refuse(sentence: str) -> NoReturn:
    Console(stderr=True, soft_wrap=True).print(Text(sentence), style="red")
    raise typer.Exit(2)
