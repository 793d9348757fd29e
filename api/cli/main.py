"""The command `tally`: one file a subcommand."""

from __future__ import annotations

import typer

from api.cli.checkpoint import checkpoint
from api.cli.demo import demo
from api.cli.jobs import jobs
from api.cli.keys import app as keys
from api.cli.migrate import migrate
from api.cli.project import project
from api.cli.proof import app as proof
from api.cli.rates import app as rates
from api.cli.seal import seal
from api.cli.serve import serve
from api.cli.verify import verify

app = typer.Typer(
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    help="Tallystick: a hash-chained billing ledger.",
)
app.command()(demo)
app.command()(migrate)
app.command()(project)
app.command()(jobs)
app.command()(seal)
app.command()(checkpoint)
app.command()(verify)
app.command()(serve)
app.add_typer(proof, name="proof")
app.add_typer(keys, name="keys")
app.add_typer(rates, name="rates")


def main() -> None:
    """Run `tally`."""
    app()


if __name__ == "__main__":
    main()
