"""How long do the questions of docs/analysts.md take over a hundred million lines?

The tables for analysts are filled by ClickHouse itself (INSERT ... SELECT): forty orgs, one of them
with a fifth of all lines, over 24 months; usage, its sums, and as many transactions. Then an
analyst of the large org asks each question. Beside it, in the same session: the lines of the org's
month, only counted. Dashboards ask sums; whatever reads lines may take longer.
"""

from __future__ import annotations

import re
import tempfile
import time
from collections.abc import Iterator
from datetime import date
from pathlib import Path

from clickhouse_connect.driver.client import Client

from adapters.clickhouse.connection import connect
from adapters.clickhouse.tables import migrate
from adapters.embedded.clickhouse_analysts import url_of
from api.container import Opening, endpoints
from api.settings import Settings
from bench.answer import Answer, Target
from bench.question import Question
from bench.report import main
from bench.session import Session

LINES = 100_000_000
ORGS, LARGE_PART = 40, 0.2
MONTHS = 24
BEGINS = "toDateTime64('2025-01-01 00:00:00', 6, 'UTC')"
MONTH, TODAY = date(2026, 11, 1), date(2026, 11, 20)
LINES_AN_EVENT = 20
RUNS = 3
AT_ONCE = 2_000_000
"""Lines of one insert."""

LINE_TARGET, SUM_TARGET = Target(must=1_000, at_most=True), Target(must=200, at_most=True)
PAGE = Path(__file__).parents[1] / "docs" / "analysts.md"
QUESTIONS = re.compile(r"^## \d+\. (.*?)\n.*?```sql\n(.*?)```", re.M | re.S)
COUNTED = """
SELECT count() FROM usage FINAL
 WHERE occurred_at >= {month:Date} AND occurred_at < {month:Date} + INTERVAL 1 MONTH"""
SECONDS = 86_400 * 730

_LINE = f"""
        number AS n,
        intDiv(n, {LINES_AN_EVENT}) + 2 AS sequence,
        n % {LINES_AN_EVENT} AS line,
        cityHash64(n) AS draw,
        concat('u', toString(intDiv(draw % 1000 * (draw % 997), 1000))) AS user,
        {BEGINS} + toIntervalSecond(intDiv(n * {SECONDS}, {{lines}})) AS recorded_at,
        draw % 200 = 0 AS late,
        recorded_at - toIntervalSecond(late ? 90000 : draw % 3) AS occurred_at,
        500 + draw % 9000 AS input_tokens,
        50 + draw % 700 AS output_tokens,
        toInt64(2500 * input_tokens + 10000 * output_tokens) AS amount,
        draw % 50 = 0 ? intDiv(amount, 10) : 0 AS debt,
        toFixedString(concat(sipHash128(sequence), sipHash128(sequence + 1)), 32) AS hash
   FROM numbers({{first}}, {{count}})"""
_USAGE = f"""
INSERT INTO usage (org, sequence, line, position, owner, user, credential, id, service, project,
    provider, model, occurred_at, recorded_at, input_tokens, cached_tokens, cache_write_tokens,
    output_tokens, quantities, amount, debt, balance_after, rate_card, rate_version, unit_prices,
    late, hash)
SELECT '{{org}}', sequence, line, {{position}} + sequence, user, user, 'key-1', hex(draw),
    ['chat', 'search', 'batch'][1 + sequence % 3], concat('p', toString(draw % 5)),
    ['acme-ai', 'globex-ai'][1 + model_number % 2], concat('m', toString(model_number)),
    occurred_at, recorded_at, input_tokens, intDiv(input_tokens, 3), 0, output_tokens,
    map(), amount, debt, 1000000000 - n, 'card', 1,
    map('input_tokens', 2500000000000, 'cached_tokens', 250000000000,
        'output_tokens', 10000000000000), late, hash
  FROM (SELECT intDiv(draw % 36, 6) AS model_number, * FROM (SELECT {_LINE}))"""
_TRANSACTIONS = f"""
INSERT INTO transactions (org, sequence, line, position, owner, user, asset, category, amount,
    balance_after, occurred_at, recorded_at, reference, lots, lot_kinds, lot_amounts, hash)
SELECT '{{org}}', sequence, line, {{position}} + sequence, user, user, 'credit',
    multiIf(draw % 1000 < 6, 'deposit', draw % 1000 < 8, 'expiry', draw % 1000 < 9, 'reversal',
            'usage'),
    draw % 1000 < 6 OR draw % 1000 = 8 ? amount : -amount, 1000000000 - n, occurred_at,
    recorded_at, hex(draw), [concat('lot-', toString(draw % 3))], ['purchased'], [amount], hash
  FROM (SELECT {_LINE})"""
_EVENTS = f"""
INSERT INTO ledger_events (org, sequence, line, position, stream, version, type, recorded_at, actor,
    idempotency_key, body, hash)
SELECT '{{org}}', toUInt64(1), 0, toUInt64({{position}}), 'rate-card', toUInt64(1),
    'rating.RateCardPublished', {BEGINS}, 'admin', 'card',
    '{{{{"card_version":1,"margin_bps":2500}}}}', toFixedString('', 32)
 UNION ALL
SELECT '{{org}}', {{events}} + number + 3, 0, {{position}} + {{events}} + number + 3, 'caps',
    number + 1, 'credits.AlertRaised', {BEGINS}, 'ledger', '',
    '{{{{"cap":"small","percent":80}}}}', toFixedString('', 32)
  FROM numbers(1000)"""
_SUMS = "INSERT INTO usage_sums SELECT * FROM usage_sums_of_lines WHERE org = '{org}' AND {blocks}"
_BLOCKS_AT_ONCE = 400


def answer(session: Session) -> list[Answer]:
    """Milliseconds that each question takes."""
    lines = max(200_000, int(LINES * session.scale.size))
    with tempfile.TemporaryDirectory(prefix="tally-bench-") as folder:
        settings = Settings(data=Path(folder))
        with endpoints(settings, Opening.MAKE) as ends:
            migrate(ends.clickhouse_url)
            owner = connect(ends.clickhouse_url)
            began = time.perf_counter()
            _fill(owner, lines)
            took = time.perf_counter() - began
            stored = [
                Answer("made and summed", "lines/s", [lines / took]),
                Answer("on disk", "bytes a line", [_bytes(owner) / lines]),
            ]
            analyst = connect(url_of(ends.clickhouse_url, "org-0"))
            counted = _asked(analyst, COUNTED)
            limits = {"lines of the month, counted": counted}
            answers = [
                Answer(f"{title}", "ms", _asked(analyst, query), _target(query), limits=limits)
                for title, query in _questions()
            ]
            owner.close()
            analyst.close()
    return stored + answers


def _questions() -> Iterator[tuple[str, str]]:
    yield from QUESTIONS.findall(PAGE.read_text("utf-8"))


def _target(query: str) -> Target:
    return LINE_TARGET if "FINAL" in query else SUM_TARGET


def _asked(analyst: Client, query: str) -> list[float]:
    """Return the milliseconds of each run but the first."""
    figures = []
    for _ in range(1 + RUNS):
        began = time.perf_counter()
        analyst.query(query, parameters={"month": MONTH, "today": TODAY})
        figures.append(1000 * (time.perf_counter() - began))
    return figures[1:]


def _fill(owner: Client, lines: int) -> None:
    large = int(lines * LARGE_PART)
    sizes = [large, *([(lines - large) // (ORGS - 1)] * (ORGS - 1))]
    position = 0
    for number, size in enumerate(sizes):
        place = {"org": f"org-{number}", "position": position, "lines": size}
        for first in range(0, size, AT_ONCE):
            part = {**place, "first": first, "count": min(AT_ONCE, size - first)}
            owner.command(_USAGE.format(**part))
            owner.command(_TRANSACTIONS.format(**part))
        events = size // LINES_AN_EVENT
        owner.command(_EVENTS.format(**place, events=events))
        for block in range(0, events // 512 + 1, _BLOCKS_AT_ONCE):
            between = f"block >= {block} AND block < {block + _BLOCKS_AT_ONCE}"
            owner.command(_SUMS.format(**place, blocks=between))
        position += events + 2_000


def _bytes(owner: Client) -> int:
    query = (
        "SELECT sum(bytes_on_disk) FROM system.parts WHERE active AND database = currentDatabase()"
    )
    return int(owner.query(query).result_rows[0][0])


QUESTION = Question("analysts", "The analysts' questions over 100 million lines", 600, answer)

if __name__ == "__main__":
    main(QUESTION)
