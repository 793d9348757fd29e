"""Orders: every question about what is sold, `make bench-orders`."""

from bench import catalogue, checkouts, quotes, reservations
from bench.report import main

QUESTIONS = (catalogue.QUESTION, quotes.QUESTION, reservations.QUESTION, checkouts.QUESTION)

if __name__ == "__main__":
    main(*QUESTIONS)
