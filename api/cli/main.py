"""The command `tally`: one file a subcommand."""

from __future__ import annotations

import typer

from api.cli.migrate import migrate

app = typer.Typer(
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    help="Tallystick: a hash-chained billing ledger.",
)
app.command()(migrate)


def main() -> None:
    """Run `tally`."""
    app()
