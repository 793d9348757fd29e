"""Gathered reads: what many ask at the same moment is asked of the database in one statement.

A statement costs much, here and in the database, and one question more in it little
(`bench/balance_reads.py`). Nobody waits for others to come: while a statement may begin, a question
is one by itself. What comes while as many are under way as may be goes into the next one, of each
org in turn: a flood is its own org's.
"""

from __future__ import annotations

import asyncio
from collections import OrderedDict, deque
from collections.abc import Awaitable, Callable, Mapping, Sequence
from contextvars import Context
from typing import Generic, NamedTuple, Protocol, TypeVar

from api.deadline import left_s
from ledger.kernel.errors import Unavailable

UNDER_WAY = 3
"""Statements at once: while one is answered here, the database works on another."""

TOGETHER_MAX = 32
"""Questions of one statement. More hardly cost less for each, and their answers occupy the event
loop in a row."""


class OfOrg(Protocol):
    """A question about one org; equal ones are asked once."""

    @property
    def org(self) -> str:
        """Whom it is about."""

    def __hash__(self) -> int: ...


Q = TypeVar("Q", bound=OfOrg)
A = TypeVar("A")


class _Asked(NamedTuple, Generic[Q, A]):
    question: Q
    answer: asyncio.Future[A]


class Gathered(Generic[Q, A]):
    """Questions of one kind. `ask` returns several of one moment, after all of them came."""

    def __init__(
        self, ask: Callable[[Sequence[Q]], Awaitable[Mapping[Q, A]]], limit_s: float
    ) -> None:
        self._ask = ask
        self._limit_s = limit_s
        self._waiting: OrderedDict[str, deque[_Asked[Q, A]]] = OrderedDict()
        self._free = UNDER_WAY
        self._tasks: set[asyncio.Task[None]] = set()

    async def of(self, question: Q) -> A:
        """Return the answer to one question. Raises Unavailable at the deadline of the request."""
        if self._free:
            return await self._alone(question)
        loop = asyncio.get_running_loop()
        answer: asyncio.Future[A] = loop.create_future()
        self._waiting.setdefault(question.org, deque()).append(_Asked(question, answer))
        end = loop.call_later(max(0.0, left_s(self._limit_s)), _give_up, answer)
        try:
            return await answer
        finally:
            end.cancel()

    async def _alone(self, question: Q) -> A:
        """Ask one question here and now; who waited meanwhile is asked for next."""
        self._free -= 1
        try:
            return (await self._ask([question]))[question]
        finally:
            self._free += 1
            if self._waiting:
                self._begin()

    def _begin(self) -> None:
        """Begin to ask for those who wait, in a context of its own: the deadline of one is not that
        of the others."""
        self._free -= 1
        task = asyncio.get_running_loop().create_task(self._work(), context=Context())
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def _work(self) -> None:
        try:
            while together := self._next():
                await self._answer(together)
        finally:
            self._free += 1

    async def _answer(self, together: Sequence[_Asked[Q, A]]) -> None:
        """Answer all; where that fails for another reason than the database's absence, each alone:
        the fault of one is not the others'."""
        try:
            found = await self._ask(list({each.question: None for each in together}))
        except Exception as error:
            if len(together) == 1 or isinstance(error, Unavailable):
                for each in together:
                    _fail(each.answer, error)
            else:
                for each in together:
                    await self._answer([each])
            return
        for each in together:
            if not each.answer.done():
                each.answer.set_result(found[each.question])

    def _next(self) -> list[_Asked[Q, A]]:
        """Return what is asked together next: of each org in turn, but for those who gave up."""
        together: list[_Asked[Q, A]] = []
        while self._waiting and len(together) < TOGETHER_MAX:
            org, asked = self._waiting.popitem(last=False)
            each = asked.popleft()
            if not each.answer.done():
                together.append(each)
            if asked:
                self._waiting[org] = asked
        return together


def _give_up(answer: asyncio.Future[A]) -> None:
    _fail(answer, Unavailable("the database does not answer: send the same again."))


def _fail(answer: asyncio.Future[A], error: Exception) -> None:
    if not answer.done():
        answer.set_exception(error)
