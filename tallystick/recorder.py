"""The recorder: takes usage lines at once and sends them in batches, each charged exactly once.

    with UsageRecorder(client, spool=Path("usage.spool")) as recorder:
        recorder.record(UsageLine(user="ann", model="large", input_tokens=374))

A line has its id from when it is made, so it may be sent as often as needed. With a spool a line
that was accepted outlives the process: the next recorder with that spool sends it.
"""

from __future__ import annotations

import atexit
import logging
import threading
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from types import TracebackType
from typing import Literal

from tallystick.dead_letters import DeadLetters, RefusedLine
from tallystick.operations import Operations
from tallystick.problem import Problem, TallystickError
from tallystick.problems import BodyTooLarge
from tallystick.retries import heals
from tallystick.spool import Spool
from tallystick.values import Item, UsageLine

LONGEST_PAUSE_S = 15.0
_log = logging.getLogger("tallystick")


class BufferFull(TallystickError):
    """As many lines wait as may; this one is not accepted."""


class Unsent(TallystickError):
    """Lines that were accepted and are not charged, in `lines`."""

    def __init__(self, lines: Sequence[UsageLine], trouble: Exception | None) -> None:
        super().__init__(f"{len(lines)} usage lines are not charged, last trouble: {trouble}")
        self.lines = tuple(lines)


class UsageRecorder:
    """Accepts lines from any thread; one of its own sends them."""

    def __init__(
        self,
        client: Operations,
        *,
        spool: Path | None = None,
        fsync: bool = False,
        dead_letters: Path | None = None,
        on_refused: Callable[[RefusedLine], None] | None = None,
        on_trouble: Callable[[Exception], None] | None = None,
        buffer_lines: int = 10_000,
        when_full: Literal["block", "raise"] = "block",
        batch_lines: int = 500,
        flush_s: float = 0.5,
        exit_s: float = 10.0,
    ) -> None:
        if spool is not None and dead_letters is None:
            dead_letters = Path(f"{spool}.refused")
        if dead_letters is None and on_refused is None:
            raise ValueError("say where refused lines go: dead_letters, on_refused, or a spool")
        self._client = client
        self._spool = None if spool is None else Spool(spool, fsync=fsync)
        self._dead_letters = None if dead_letters is None else DeadLetters(dead_letters)
        self._on_refused = on_refused
        self._on_trouble = on_trouble
        self._buffer_lines = buffer_lines
        self._when_full = when_full
        self._batch_lines = self._batch_limit = batch_lines
        self._flush_s, self._exit_s = flush_s, exit_s
        self._lines: dict[int, UsageLine] = self._spool.lines if self._spool else {}
        self._last = max(self._lines, default=0)
        self._changed = threading.Condition()
        self._due = time.monotonic() if self._lines else float("inf")
        self._asked_until = 0
        self._is_hurried = self._is_closing = self._is_closed = False
        self._pause_s = 0.0
        self.trouble: Exception | None = None
        """Why the last batch could not be sent; None when it could."""
        self._thread = threading.Thread(target=self._run, name="tallystick", daemon=True)
        self._thread.start()
        atexit.register(self._at_exit)

    def record(self, line: UsageLine) -> str:
        """Accept a line, dated now unless it is, and return its id."""
        if line.occurred_at is None:
            line = replace(line, occurred_at=datetime.now(UTC))
        with self._changed:
            self._wait_for_room()
            number = self._last + 1 if self._spool is None else self._spool.append(line)
            self._last = number
            self._lines[number] = line
            if len(self._lines) == 1:
                self._due = time.monotonic() + self._flush_s
                self._changed.notify_all()
            elif len(self._lines) >= self._batch_lines:
                self._changed.notify_all()
        return line.id

    def _wait_for_room(self) -> None:
        while len(self._lines) >= self._buffer_lines and not self._is_closing:
            if self._when_full == "raise":
                raise BufferFull(f"{self._buffer_lines} usage lines wait: {self.trouble}")
            self._changed.wait()
        if self._is_closing:
            raise RuntimeError("this recorder is closed")

    def flush(self, timeout_s: float = 30.0) -> None:
        """Wait until all that was accepted is charged or refused. Raises Unsent in the end."""
        with self._changed:
            until = self._asked_until = self._last
            self._is_hurried = True
            self._changed.notify_all()
            settled = self._changed.wait_for(lambda: not self._waiting(until), timeout_s)
            if not settled:
                raise Unsent(self._waiting(until), self.trouble)

    def _waiting(self, until: int) -> list[UsageLine]:
        return [line for number, line in self._lines.items() if number <= until]

    def close(self, timeout_s: float = 30.0) -> None:
        """Flush and end. What is unsent stays in the spool; without one, raises Unsent."""
        if self._is_closed:
            return
        try:
            self.flush(timeout_s)
        except Unsent:
            if self._spool is None:
                raise
        finally:
            self._end()

    def _end(self) -> None:
        atexit.unregister(self._at_exit)
        with self._changed:
            self._is_closing = self._is_closed = True
            self._changed.notify_all()
            if self._spool is not None:
                self._spool.close()

    def _at_exit(self) -> None:
        try:
            self.close(self._exit_s)
        except Unsent as unsent:
            _log.error("%s: %s", unsent, unsent.lines)

    def __enter__(self) -> UsageRecorder:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, _: TracebackType | None
    ) -> None:
        self.close()

    def _run(self) -> None:
        while (batch := self._next_batch()) is not None:
            try:
                self._send(batch)
            except Exception as fault:
                self._be_troubled(fault)

    def _next_batch(self) -> dict[int, UsageLine] | None:
        """Wait for what is to be sent; None when this recorder has ended."""
        with self._changed:
            if self._pause_s:
                self._changed.wait_for(lambda: self._is_closing or self._is_hurried, self._pause_s)
            self._is_hurried = False
            while not self._is_closing:
                wait_s = self._due - time.monotonic()
                is_asked = any(number <= self._asked_until for number in self._lines)
                if self._lines and (wait_s <= 0 or is_asked or self._has_batch()):
                    numbers = list(self._lines)[: self._batch_limit]
                    return {number: self._lines[number] for number in numbers}
                self._changed.wait(wait_s if self._lines else None)
            return None

    def _has_batch(self) -> bool:
        return len(self._lines) >= self._batch_lines

    def _send(self, batch: Mapping[int, UsageLine]) -> None:
        items = list(batch.values())
        try:
            results = self._client.record_usage_batch(mode="independent", items=items).results
        except BodyTooLarge as problem:
            if len(batch) > 1:
                self._batch_limit = len(batch) // 2
                return
            self._refuse(RefusedLine(items[0], problem))
            self._settle([*batch], None)
        else:
            again = self._take(batch, results)
            self._batch_limit = self._batch_lines
            self._settle([number for number in batch if number not in again], again)

    def _take(self, batch: Mapping[int, UsageLine], results: Sequence[Item]) -> dict[int, Problem]:
        """Keep what was refused; return what is to be sent again, with the reason."""
        again = {}
        for (number, line), result in zip(batch.items(), results, strict=True):
            if result.problem is None:
                continue
            if heals(result.problem):
                again[number] = result.problem
            else:
                self._refuse(RefusedLine(line, result.problem))
        return again

    def _refuse(self, refused: RefusedLine) -> None:
        """Keep a refused line before it is done: it is never lost, and may come twice."""
        if self._dead_letters is not None:
            self._dead_letters.add(refused)
        if self._on_refused is not None:
            try:
                self._on_refused(refused)
            except Exception:
                _log.exception("on_refused failed for %s: %s", refused.line, refused.problem)

    def _settle(self, numbers: Sequence[int], again: Mapping[int, Problem] | None) -> None:
        with self._changed:
            if self._is_closed:
                return  # the spool is another's now, which sends the same lines once more
            if self._spool is not None and numbers:
                self._spool.done(numbers)
            for number in numbers:
                del self._lines[number]
            self._due = time.monotonic() + self._flush_s
            self._changed.notify_all()
        if again:
            self._be_troubled(next(iter(again.values())))
        else:
            self.trouble, self._pause_s = None, 0.0

    def _be_troubled(self, fault: Exception) -> None:
        """Keep the lines, and try again after a pause that grows."""
        self._pause_s = min(max(0.25, self._pause_s * 2), LONGEST_PAUSE_S)
        self.trouble = fault
        _log.warning("usage lines wait, and are sent again in %.2f s: %s", self._pause_s, fault)
        if self._on_trouble is not None:
            try:
                self._on_trouble(fault)
            except Exception:
                _log.exception("on_trouble failed")
