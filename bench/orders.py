"""Orders: every question about what is sold, `make bench-orders`."""

from bench import quotes
from bench.report import main

QUESTIONS = (quotes.QUESTION,)

if __name__ == "__main__":
    main(*QUESTIONS)
