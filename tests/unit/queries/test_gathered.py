"""Questions that are asked in one statement, and what each of them is to the others."""

from __future__ import annotations

import asyncio
from collections.abc import Coroutine, Mapping, Sequence
from typing import Any, NamedTuple

import pytest

from api.deadline import left_s, set_deadline
from api.queries.gathered import TOGETHER_MAX, UNDER_WAY, Gathered
from ledger.kernel.errors import Unavailable

LIMIT_S = 60.0


class Question(NamedTuple):
    org: str
    owner: str


class Database:
    """Says back what it was asked, once it is open; `faults`: questions that it cannot answer."""

    def __init__(self, faults: Mapping[Question, Exception] | None = None) -> None:
        self.open = asyncio.Event()
        self.open.set()
        self.statements: list[list[Question]] = []
        self.gathered: Gathered[Question, str] = Gathered(self._ask, LIMIT_S)
        self._faults = faults or {}

    async def _ask(self, questions: Sequence[Question]) -> Mapping[Question, str]:
        self.statements.append(list(questions))
        await self.open.wait()
        for each in questions:
            if each in self._faults:
                raise self._faults[each]
        return {each: answer_to(each) for each in questions}

    def ask(self, *questions: Question) -> list[asyncio.Task[str]]:
        """Begin to ask, in this order."""
        return [asyncio.create_task(self.gathered.of(each)) for each in questions]

    async def close_with_all_under_way(self) -> list[asyncio.Task[str]]:
        """Have as many statements wait for the database as there may be."""
        self.open.clear()
        asked = []
        for n in range(UNDER_WAY):
            asked += self.ask(Question("first", str(n)))
            await turns()
        assert len(self.statements) == UNDER_WAY
        return asked


def answer_to(question: Question) -> str:
    return f"{question.org}'s {question.owner}"


async def turns() -> None:
    """Let everyone go on who can."""
    for _ in range(5):
        await asyncio.sleep(0)


def run(case: Coroutine[Any, Any, None]) -> None:
    asyncio.run(asyncio.wait_for(case, LIMIT_S))


def test_who_is_alone_waits_for_nobody() -> None:
    async def case() -> None:
        database = Database()
        alone = database.ask(*(Question("a", str(n)) for n in range(UNDER_WAY)))
        await asyncio.gather(*alone)
        assert list(map(len, database.statements)) == [1] * UNDER_WAY

    run(case())


def test_what_has_to_wait_is_one_statement_and_each_gets_its_own_answer() -> None:
    async def case() -> None:
        database = Database()
        under_way = await database.close_with_all_under_way()
        questions = [Question(org, owner) for org in "ab" for owner in ("ada", "bob")]
        waiting = database.ask(*questions, *questions)
        await turns()
        database.open.set()
        await asyncio.gather(*under_way)
        assert await asyncio.gather(*waiting) == [*map(answer_to, questions)] * 2
        (statement,) = database.statements[UNDER_WAY:]
        assert sorted(statement) == questions

    run(case())


def test_a_question_that_comes_later_is_asked_later() -> None:
    async def case() -> None:
        database = Database()
        first, again = Question("a", "ada"), Question("a", "ada")
        under_way = await database.close_with_all_under_way()
        waiting = database.ask(first)
        await turns()
        assert len(database.statements) == UNDER_WAY
        waiting += database.ask(again)
        database.open.set()
        await asyncio.gather(*under_way, *waiting)
        assert database.statements[UNDER_WAY:] == [[first]]
        await database.gathered.of(again)
        assert database.statements[-1] == [again]
        assert len(database.statements) == UNDER_WAY + 2

    run(case())


def test_a_flood_of_one_org_does_not_keep_another_out_of_the_next_statement() -> None:
    async def case() -> None:
        database = Database()
        under_way = await database.close_with_all_under_way()
        flood = database.ask(*(Question("a", str(n)) for n in range(3 * TOGETHER_MAX)))
        others = database.ask(Question("b", "ada"), Question("b", "bob"), Question("c", "ada"))
        await turns()
        database.open.set()
        await asyncio.gather(*under_way, *flood, *others)
        following = database.statements[UNDER_WAY]
        assert len(following) == TOGETHER_MAX
        assert [each for each in following if each.org != "a"] == [
            Question("b", "ada"),
            Question("c", "ada"),
            Question("b", "bob"),
        ]
        assert max(map(len, database.statements)) == TOGETHER_MAX

    run(case())


def test_a_question_that_fails_fails_alone() -> None:
    async def case() -> None:
        bad = Question("a", "bad")
        database = Database({bad: ValueError("a row that cannot be read")})
        under_way = await database.close_with_all_under_way()
        asked = database.ask(Question("a", "ada"), bad, Question("b", "bob"))
        await turns()
        database.open.set()
        await asyncio.gather(*under_way)
        good, failed, other = await asyncio.gather(*asked, return_exceptions=True)
        assert (good, other) == ("a's ada", "b's bob")
        assert isinstance(failed, ValueError)

    run(case())


def test_an_absent_database_is_said_to_all_and_asked_again_by_the_next() -> None:
    async def case() -> None:
        absent = Question("a", "ada")
        database = Database({absent: Unavailable("the database does not answer.")})
        under_way = await database.close_with_all_under_way()
        asked = database.ask(absent, Question("b", "bob"))
        await turns()
        database.open.set()
        await asyncio.gather(*under_way)
        answers = await asyncio.gather(*asked, return_exceptions=True)
        assert [type(each) for each in answers] == [Unavailable, Unavailable]
        assert len(database.statements) == UNDER_WAY + 1
        assert await database.gathered.of(Question("b", "bob")) == "b's bob"

    run(case())


def test_who_has_no_time_left_is_told_so_and_not_asked_for() -> None:
    async def case() -> None:
        database = Database()
        under_way = await database.close_with_all_under_way()

        async def late() -> None:
            set_deadline(0.0)
            with pytest.raises(Unavailable):
                await database.gathered.of(Question("a", "late"))

        waiting = database.ask(Question("a", "ada"))
        await asyncio.create_task(late())
        assert not any(each.done() for each in (*under_way, *waiting))
        database.open.set()
        await asyncio.gather(*under_way, *waiting)
        assert database.statements[UNDER_WAY:] == [[Question("a", "ada")]]

    run(case())


def test_the_deadline_of_one_is_not_that_of_those_asked_with_it() -> None:
    async def case() -> None:
        seen: list[float] = []

        async def ask(questions: Sequence[Question]) -> Mapping[Question, str]:
            seen.append(left_s(LIMIT_S))
            await asyncio.sleep(0)
            return {each: answer_to(each) for each in questions}

        set_deadline(1.0)
        gathered: Gathered[Question, str] = Gathered(ask, LIMIT_S)
        await asyncio.gather(*(gathered.of(Question("a", str(n))) for n in range(UNDER_WAY + 1)))
        assert max(seen[:UNDER_WAY]) <= 1.0
        assert seen[UNDER_WAY:] == [LIMIT_S]

    run(case())


def test_nobody_is_forgotten_when_the_last_statement_ends() -> None:
    async def case() -> None:
        database = Database()

        async def many(org: str, pauses: int) -> None:
            for n in range(200):
                assert await database.gathered.of(Question(org, str(n))) == f"{org}'s {n}"
                for _ in range((n + pauses) % 5):
                    await asyncio.sleep(0)

        await asyncio.gather(*(many(str(n), n) for n in range(UNDER_WAY + 3)))

    run(case())
