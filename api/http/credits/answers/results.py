"""Transactions of command results: the answers to commands that have moved a wallet."""

from __future__ import annotations

from api.commands.result import KeyedResult, StoredFact
from api.http.answers import Created
from api.http.credits.answers.transactions import TransactionAnswer, transaction_answer
from api.http.credits.answers.usage import UsageAnswers
from ledger.credits.transactions import transactions_of


class ResultAnswers:
    """Makes the transactions of results; the lines of one event are taken apart once."""

    def __init__(self) -> None:
        self._usage: dict[int, UsageAnswers] = {}

    def transaction(self, result: KeyedResult, text: str | None = None) -> TransactionAnswer:
        """Return what a command did, with the erasable text that came with it, unless it was
        erased."""
        stored_fact = result.stored_fact
        text = None if result.erased else text
        if not UsageAnswers.can_read(stored_fact):
            return _of_fact(stored_fact, result.line, text)
        found = self._usage.get(stored_fact.sequence)
        if found is None:
            found = self._usage[stored_fact.sequence] = UsageAnswers(stored_fact)
        return found.answer(result.line, text)


def transaction_created(result: KeyedResult, text: str | None = None) -> Created[TransactionAnswer]:
    """Return the answer to a command that has recorded one transaction."""
    transaction = ResultAnswers().transaction(result, text)
    return Created(transaction, replayed=result.replayed)


def _of_fact(stored_fact: StoredFact, line: int, text: str | None) -> TransactionAnswer:
    transaction = transactions_of(stored_fact.fact)[line]
    digest = transaction.metadata or transaction.reason
    texts = {digest: text} if digest and text is not None else {}
    return transaction_answer(transaction, stored_fact.sequence, stored_fact.hash, texts)
