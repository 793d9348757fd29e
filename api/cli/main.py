"""The main command, `tally`: one file a subcommand."""

from __future__ import annotations

import os

import typer

from api.cli.analyst import analyst
from api.cli.backup import backup
from api.cli.checkpoint import checkpoint
from api.cli.compare import compare
from api.cli.demo import demo
from api.cli.doctor import doctor
from api.cli.erase_person import erase_person
from api.cli.export import export
from api.cli.jobs import jobs
from api.cli.journal import journal
from api.cli.keys import app as keys
from api.cli.migrate import migrate
from api.cli.partitions import app as partitions
from api.cli.project import project
from api.cli.proof import app as proof
from api.cli.rates import app as rates
from api.cli.rebuild import rebuild
from api.cli.reconcile import reconcile
from api.cli.replay import replay
from api.cli.report import app as report
from api.cli.restore import restore
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
app.command()(rebuild)
app.command()(compare)
app.command()(reconcile)
app.command()(jobs)
app.command()(seal)
app.command()(checkpoint)
app.command()(verify)
app.command()(journal)
app.command()(export)
app.command("erase-person")(erase_person)
app.command()(replay)
app.command()(doctor)
app.command()(backup)
app.command()(restore)
app.command()(serve)
app.command()(analyst)
app.add_typer(proof, name="proof")
app.add_typer(keys, name="keys")
app.add_typer(rates, name="rates")
app.add_typer(report, name="report")
app.add_typer(partitions, name="partitions")


def main() -> None:
    """Run `tally`. What it writes is money's and names persons: it is its owner's alone, unless a
    file says otherwise."""
    os.umask(0o077)
    app()


if __name__ == "__main__":
    main()
