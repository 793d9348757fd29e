"""`python -m adapters.embedded --data DIR`: the supervisor, in the foreground."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

from adapters.embedded.errors import EmbeddedEngineError
from adapters.embedded.folder import DataFolder
from adapters.embedded.supervisor import serve


def main() -> int:
    options = _options()
    try:
        serve(
            DataFolder(options.data),
            postgres=not options.no_postgres,
            clickhouse=not options.no_clickhouse,
            nats=not options.no_nats,
            notify=options.notify,
            parent=options.parent,
        )
    except EmbeddedEngineError as error:
        print(error, file=sys.stderr)
        return 1
    return 0


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m adapters.embedded", description=__doc__)
    parser.add_argument("--data", type=Path, required=True, help="the folder that keeps all data")
    parser.add_argument("--no-postgres", action="store_true", help="do not start PostgreSQL")
    parser.add_argument("--no-clickhouse", action="store_true", help="do not start ClickHouse")
    parser.add_argument("--no-nats", action="store_true", help="do not start NATS")
    parser.add_argument("--notify", help="keep a sandbox of Stripe, which tells this URL of all")
    parser.add_argument("--parent", type=int, help="stop when this process, our parent, is gone")
    return parser.parse_args()


if __name__ == "__main__":
    sys.exit(main())
