"""Every question about writing, asking and verifying: `make bench`."""

from bench import (
    balance_reads,
    batches,
    cold_start,
    concurrency,
    fairness,
    generator,
    growth,
    holds,
    hot_wallet,
    lists,
    long_reads,
    many_wallets,
    moves,
    one_connection,
    pool_batches,
    replay,
    single_lines,
    time_travel,
    verification,
)
from bench.report import main

QUESTIONS = (
    generator.QUESTION,
    single_lines.QUESTION,
    one_connection.QUESTION,
    batches.QUESTION,
    pool_batches.QUESTION,
    hot_wallet.QUESTION,
    holds.QUESTION,
    balance_reads.QUESTION,
    fairness.QUESTION,
    moves.QUESTION,
    long_reads.QUESTION,
    lists.QUESTION,
    concurrency.QUESTION,
    growth.QUESTION,
    many_wallets.QUESTION,
    cold_start.QUESTION,
    replay.QUESTION,
    time_travel.QUESTION,
    verification.QUESTION,
)

if __name__ == "__main__":
    main(*QUESTIONS)
