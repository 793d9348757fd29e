"""How long do lists, statements and reports of usage take, and how many are there a second?

An org with a history of large events is asked by one auditor over a few connections; of one org
they are worked on one at a time.
"""

from __future__ import annotations

from bench.answer import Answer
from bench.load import Load
from bench.long_reads import LINES, First, Gets, auditor, month_of
from bench.question import Question
from bench.report import main
from bench.series import check
from bench.session import Session
from bench.stand import POOLED, Stand
from bench.traffic import Batches, Door

CONNECTIONS = 2
HISTORY = 100
"""Events of the org's log, each of a thousand lines, all in this month and in one wallet."""

WITH_READ_MODELS = ("--projections", "--no-seal")
LISTS = "/v1/billing/transactions?limit="
ASKED = {
    "pages of 100 transactions of an org": f"{LISTS}100",
    "pages of 100 transactions of a user": f"{LISTS}100&user=u0000001",
    "pages of 1,000 transactions of an org": f"{LISTS}1000",
    "one transaction": "/v1/billing/transactions/{id}",
    "statements of a month of {lines} lines": "/v1/billing/statement?user=@pool&period={month}",
    "reports of a month by model and service": (
        "/v1/billing/usage?period={month}&group_by=model,service"
    ),
}


def answer(session: Session) -> list[Answer]:
    """An answer for each kind."""
    events = max(2, int(HISTORY * session.scale.size))
    with session.stand(*WITH_READ_MODELS) as stand:
        reader = _with_history(session, stand, events)
        values = {
            "month": month_of(stand),
            "lines": f"{events * LINES:,}",
            "id": stand.service.call("GET", f"{LISTS}1", org=POOLED)["data"][0]["id"],
        }
        return [
            _measured(session, stand, reader, work.format(**values), path.format(**values))
            for work, path in ASKED.items()
        ]


def _measured(session: Session, stand: Stand, reader: Door, work: str, path: str) -> Answer:
    gets = Gets(reader, (path.encode(),))
    series = session.measure(stand, gets, CONNECTIONS, seconds=session.scale.seconds / 2)
    return series.answer(work, "reads/s")


def _with_history(session: Session, stand: Stand, events: int) -> Door:
    batches = First(Batches(stand.door(POOLED), session.scale.wallets, LINES), events)
    check(session.load(Load(stand.url, batches, 4, seconds=600)))
    stand.settle()
    return auditor(stand)


QUESTION = Question("lists", "Lists, statements and reports", 45, answer)

if __name__ == "__main__":
    main(QUESTION)
