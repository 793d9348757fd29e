"""A process that records lines for ever, and says which were accepted: it is there to be killed."""

from __future__ import annotations

import os
import sys
from decimal import Decimal
from pathlib import Path

from tallystick import Client, UsageLine
from tallystick.recorder import UsageRecorder


def main(url: str, secret: str, spool: str) -> None:
    """Record lines; the id of each goes out when `record` has returned."""
    recorder = UsageRecorder(
        Client(url, secret), spool=Path(spool), batch_lines=7, flush_s=0.002, buffer_lines=50
    )
    while True:
        line = UsageLine(user="ann", amount=Decimal("0.001"))
        os.write(1, f"{recorder.record(line)}\n".encode())


if __name__ == "__main__":
    main(*sys.argv[1:])
