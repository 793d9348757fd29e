"""The recorder: what it accepted is charged once, whatever cuts, refuses or kills."""

from __future__ import annotations

import json
import random
import signal
import subprocess
import sys
import threading
from collections import Counter
from dataclasses import replace
from decimal import Decimal
from pathlib import Path
from queue import SimpleQueue

import pytest

from tallystick import Client, Problem, Retries, UsageLine, problems
from tallystick.dead_letters import RefusedLine
from tallystick.recorder import BufferFull, Unsent, UsageRecorder
from tallystick.spool import SpoolInUse
from tests.api.served import Served
from tests.client.proxy import Fault, Proxy
from tests.tidy.tree import ROOT

KILLS = 12
LATE = Retries(deadline_s=2, silence_s=1)
NOWHERE = "http://127.0.0.1:1"


def line(amount: str = "0.5") -> UsageLine:
    return UsageLine(user="ann", amount=Decimal(amount))


def charged(ledger: Client) -> Counter[str]:
    """Return how often each id was charged, of all that the org has."""
    ends = ledger.record_usage(id="the end", user="end", amount=1).sequence
    listed = ledger.transactions(category="usage", min_sequence=ends, limit=1000)
    found = Counter(each.usage.id for each in listed if each.usage is not None)
    del found["the end"]
    return found


def test_lines_are_charged_in_batches_and_dated_when_they_were_recorded(
    ledger: Client, proxy: Proxy, secret: str, tmp_path: Path
) -> None:
    with (
        Client(proxy.url, secret) as through,
        UsageRecorder(through, dead_letters=tmp_path / "refused", batch_lines=100) as recorder,
    ):
        ids = {recorder.record(line()) for _ in range(250)}
        recorder.flush()
    assert charged(ledger) == dict.fromkeys(ids, 1)
    assert 3 <= len(proxy.requests) <= 6
    assert b"occurred_at" in proxy.requests[0]
    assert not (tmp_path / "refused").exists()


def test_a_line_alone_is_sent_when_its_time_has_come(ledger: Client, tmp_path: Path) -> None:
    recorder = UsageRecorder(ledger, dead_letters=tmp_path / "refused", flush_s=0.01)
    recorder.record(line("3"))
    with recorder._changed:
        assert recorder._changed.wait_for(lambda: not recorder._lines, 60)
    assert ledger.balance(user="ann").debt == 3
    recorder.close()


@pytest.mark.parametrize("fault", ["cut before send", "cut in the request", "cut after commit"])
def test_a_batch_that_was_cut_is_charged_once(
    ledger: Client, proxy: Proxy, secret: str, tmp_path: Path, fault: Fault
) -> None:
    proxy.faults.extend([fault] * 3)
    with (
        Client(proxy.url, secret, retries=LATE) as through,
        UsageRecorder(through, spool=tmp_path / "spool", batch_lines=5) as recorder,
    ):
        ids = {recorder.record(line()) for _ in range(20)}
    assert charged(ledger) == dict.fromkeys(ids, 1)


def test_refused_lines_are_kept_and_told(ledger: Client, tmp_path: Path) -> None:
    told: list[RefusedLine] = []
    with UsageRecorder(ledger, spool=tmp_path / "spool", on_refused=told.append) as recorder:
        good = recorder.record(line())
        recorder.record(UsageLine(id="unpriced", user="ann", model="unknown", input_tokens=1))
        recorder.record(replace(line("9"), id="short", on_shortfall="reject"))
    assert charged(ledger) == {good: 1}
    assert {each.line.id: type(each.problem) for each in told} == {
        "unpriced": problems.PriceNotFound,
        "short": problems.InsufficientCredits,
    }
    kept = [json.loads(text) for text in (tmp_path / "spool.refused").read_text().splitlines()]
    assert [each["line"]["id"] for each in kept] == ["unpriced", "short"]
    assert kept[1]["problem"]["required"] == "9"
    assert Problem.of(kept[1]["problem"]).code == "insufficient_credits"


def test_a_callback_that_fails_loses_nothing(ledger: Client, tmp_path: Path) -> None:
    def fails(refused: RefusedLine) -> None:
        raise LookupError(refused.line.id)

    with UsageRecorder(ledger, spool=tmp_path / "spool", on_refused=fails) as recorder:
        recorder.record(UsageLine(user="ann", model="unknown", input_tokens=1))
        good = recorder.record(line())
    assert charged(ledger) == {good: 1}
    assert (tmp_path / "spool.refused").read_text().count("\n") == 1


def test_somewhere_refused_lines_must_go(ledger: Client) -> None:
    with pytest.raises(ValueError, match="dead_letters"):
        UsageRecorder(ledger)


def test_a_body_that_is_too_large_is_sent_in_parts(ledger: Client, tmp_path: Path) -> None:
    long = {f"key-{n}": "x" * 500 for n in range(50)}
    with UsageRecorder(ledger, dead_letters=tmp_path / "refused", flush_s=60) as recorder:
        ids = {recorder.record(UsageLine(user="ann", amount=1, metadata=long)) for _ in range(250)}
        recorder.flush()
    assert charged(ledger) == dict.fromkeys(ids, 1)


def test_a_full_buffer_is_told_or_waited_for(
    ledger: Client, proxy: Proxy, secret: str, tmp_path: Path
) -> None:
    gone = Client(NOWHERE, secret, retries=Retries(deadline_s=0.1))
    full = UsageRecorder(gone, dead_letters=tmp_path / "refused", buffer_lines=3, when_full="raise")
    lines = [line() for _ in range(3)]
    for each in lines:
        full.record(each)
    with pytest.raises(BufferFull):
        full.record(line())
    with pytest.raises(Unsent) as unsent:
        full.close(timeout_s=0.1)
    assert [each.id for each in unsent.value.lines] == [each.id for each in lines]
    with UsageRecorder(
        ledger, dead_letters=tmp_path / "refused", buffer_lines=3, batch_lines=3
    ) as blocking:
        ids = {blocking.record(line()) for _ in range(20)}
    assert charged(ledger) == dict.fromkeys(ids, 1)


def test_who_cannot_reach_the_ledger_keeps_lines_in_the_spool_for_the_next(
    ledger: Client, tmp_path: Path
) -> None:
    told: SimpleQueue[Exception] = SimpleQueue()
    gone = Client(NOWHERE, "key", retries=Retries(deadline_s=0.05))
    first = UsageRecorder(gone, spool=tmp_path / "spool", on_trouble=told.put, flush_s=0.01)
    ids = {first.record(line()) for _ in range(5)}
    assert told.get(timeout=60)
    with pytest.raises(SpoolInUse):
        UsageRecorder(ledger, spool=tmp_path / "spool")
    first.close(timeout_s=0.1)
    UsageRecorder(ledger, spool=tmp_path / "spool").close()
    assert charged(ledger) == dict.fromkeys(ids, 1)


def test_a_key_that_opens_nothing_refuses_no_line(service: Served, tmp_path: Path) -> None:
    told: SimpleQueue[Exception] = SimpleQueue()
    wrong = Client(service.base_url, "not a key")
    recorder = UsageRecorder(wrong, spool=tmp_path / "spool", on_trouble=told.put, flush_s=0.01)
    recorder.record(line())
    assert isinstance(told.get(timeout=60), problems.Unauthenticated)
    recorder.close(timeout_s=0.1)
    wrong.close()
    assert not (tmp_path / "spool.refused").exists()
    assert (tmp_path / "spool").stat().st_size > 100


def test_many_threads_record_together(ledger: Client, tmp_path: Path) -> None:
    ids: list[str] = []
    with UsageRecorder(ledger, spool=tmp_path / "spool", batch_lines=20) as recorder:
        threads = [
            threading.Thread(target=lambda: ids.extend(recorder.record(line()) for _ in range(25)))
            for _ in range(6)
        ]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
    assert charged(ledger) == dict.fromkeys(ids, 1)
    assert len(ids) == 150


def test_a_process_that_ends_has_flushed(
    service: Served, secret: str, ledger: Client, tmp_path: Path
) -> None:
    program = (
        "import sys; from pathlib import Path; from tallystick import Client, UsageLine\n"
        "from tallystick.recorder import UsageRecorder\n"
        "client = Client(sys.argv[1], sys.argv[2])\n"
        "recorder = UsageRecorder(client, dead_letters=Path(sys.argv[3]), flush_s=600)\n"
        "recorder.record(UsageLine(id='last words', user='ann', amount=1))\n"
    )
    words = [service.base_url, secret, str(tmp_path / "refused")]
    subprocess.run([sys.executable, "-c", program, *words], cwd=ROOT, check=True, timeout=300)
    assert charged(ledger) == {"last words": 1}


def test_no_accepted_line_is_lost_or_doubled_by_kill_9(
    service: Served, secret: str, ledger: Client, tmp_path: Path
) -> None:
    chance = random.Random(13)
    accepted: set[str] = set()
    for _ in range(KILLS):
        accepted |= _killed(service.base_url, secret, tmp_path / "spool", chance.randrange(200))
    with UsageRecorder(ledger, spool=tmp_path / "spool"):
        pass
    found = charged(ledger)
    assert accepted
    assert accepted <= found.keys()
    assert set(found.values()) == {1}
    assert len(found) - len(accepted) <= KILLS, "of each process one line may be unsaid"
    assert not (tmp_path / "spool.refused").exists()


def _killed(url: str, secret: str, spool: Path, after: int) -> set[str]:
    """Kill a recording process after so many lines; return what it had accepted."""
    words = [sys.executable, "-m", "tests.client.killed", url, secret, str(spool)]
    with subprocess.Popen(words, cwd=ROOT, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        heard = [process.stdout.readline() for _ in range(after + 1)]
        process.send_signal(signal.SIGKILL)
        heard += process.stdout.readlines()
    assert process.returncode == -signal.SIGKILL
    return {text.strip() for text in heard if text.endswith("\n")}
