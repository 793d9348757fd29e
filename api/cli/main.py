"""The main command, `tally`: one file a subcommand, of which only the one asked for is loaded."""

from __future__ import annotations

import os
import sys
from importlib import import_module

import typer

SUBCOMMANDS = (
    *("demo", "migrate", "project", "rebuild", "compare", "reconcile", "jobs", "seal"),
    *("checkpoint", "verify", "journal", "export", "erase-person", "replay", "doctor", "backup"),
    *("restore", "serve", "analyst", "proof", "keys", "rates", "report", "revenue", "partitions"),
    "import",
)
FILES = {"import": "imports"}
"""Those whose name Python keeps for itself."""


def app_of(*names: str) -> typer.Typer:
    """Return the command with these subcommands: each is the function named as its file, or the
    `app` of a file that has several."""
    app = typer.Typer(
        no_args_is_help=True,
        pretty_exceptions_enable=False,
        help="Tallystick: a hash-chained billing ledger.",
        callback=_nothing,
    )
    for name in names:
        function = FILES.get(name, name.replace("-", "_"))
        module = import_module(f"api.cli.{function}")
        if hasattr(module, "app"):
            app.add_typer(module.app, name=name)
        else:
            app.command(name)(getattr(module, function))
    return app


def main() -> None:
    """Run `tally`. What it writes is money's and names persons: it is its owner's alone, unless a
    file says otherwise."""
    os.umask(0o077)
    asked = [name for name in sys.argv[1:2] if name in SUBCOMMANDS]
    app_of(*(asked or SUBCOMMANDS))()


def _nothing() -> None:
    """Be a command with subcommands, also when only one of them is loaded."""


if __name__ == "__main__":
    main()
