"""The writer as a child of `tally serve`: `python -m api.writer SERVICE LIFE LISTENER...`, what the
service is called in leases, and descriptors of what ends when it may and of the sockets of its
shards, each as SHARD:DESCRIPTOR."""

from __future__ import annotations

import signal
import socket
import sys
import threading
from collections.abc import Callable
from functools import partial
from queue import SimpleQueue

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
    """Write until life has ended and everybody has finished: who stops the service does so
    first."""
    log_to_stderr()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, signal.SIG_IGN)
    collect_seldom()
    sys.setswitchinterval(GIVE_WAY_S)
    database = DatabaseUrls(writer=writer_url_of_child())
    service, life, *listeners = sys.argv[1:]
    with counted_alarms(AlarmTable(database.writer)):
        ended: SimpleQueue[BaseException | None] = SimpleQueue()
        for each in listeners:
            shard, _, descriptor = each.partition(":")
            listener = socket.socket(fileno=int(descriptor))
            work = partial(write, listener, int(life), database, int(shard), service)
            threading.Thread(target=_tell, args=(work, ended), name=shard, daemon=True).start()
        for _ in listeners:
            error = ended.get()
            if error is not None:
                raise error  # of one shard: all of ours are begun again


def _tell(work: Callable[[], None], ended: SimpleQueue[BaseException | None]) -> None:
    """Work, and tell how it ended."""
    try:
        work()
    except BaseException as error:
        ended.put(error)
    else:
        ended.put(None)


if __name__ == "__main__":
    main()
