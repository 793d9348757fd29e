"""The read side: every question about what follows the events, `make bench-read`."""

from bench import feed, inbound, lag, projection, rebuild
from bench.report import main

QUESTIONS = (
    projection.QUESTION,
    rebuild.QUESTION,
    feed.QUESTION,
    inbound.QUESTION,
    lag.QUESTION,
)

if __name__ == "__main__":
    main(*QUESTIONS)
