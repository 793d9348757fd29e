"""The writer as a child of `tally serve`: `python -m api.writer FD`, the descriptor of its end."""

from __future__ import annotations

import signal
import socket
import sys

from api.alarms import counted_alarms
from api.container import AlarmTable, DatabaseUrls
from api.garbage_collection import collect_seldom
from api.logs import log_to_stderr
from api.settings import writer_url_of_child
from api.writer.work import write

GIVE_WAY_S = 0.0005
"""How long the thread that decides keeps the interpreter from the one that has committed and has
outcomes to hand out: Python's own interval is as long as a whole group takes."""


def main() -> None:
    """Write until the connection is closed: who stops the service finishes with it first."""
    log_to_stderr()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, signal.SIG_IGN)
    collect_seldom()
    sys.setswitchinterval(GIVE_WAY_S)
    database = DatabaseUrls(writer=writer_url_of_child())
    with (
        socket.socket(fileno=int(sys.argv[1])) as connection,
        counted_alarms(AlarmTable(database.writer)),
    ):
        write(connection, database)


if __name__ == "__main__":
    main()
