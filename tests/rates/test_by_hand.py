"""Ten prices of the list worked by hand.

Each source is the entry of genai-prices 0.2.3 (November 2026) for that provider and model, its
prices in dollars per million tokens unless said otherwise. A microcredit is a nano-dollar, so one
token at a dollar per million is 1,000 microcredits.
"""

from __future__ import annotations

import pytest

from .card import charge

WORKED = [
    # openai gpt-4o: input 2.50, cached 1.25, output 10.
    # 600 x 2.50 + 400 x 1.25 + 200 x 10 = 1,500 + 500 + 2,000 = 4,000
    ("gpt-4o", {"input_tokens": 1_000, "cached_tokens": 400, "output_tokens": 200}, 4_000_000),
    # openai gpt-4o-mini: input 0.15, cached 0.075, output 0.60. 1 x 0.075 + 1 x 0.60 = 0.675
    ("gpt-4o-mini", {"input_tokens": 1, "cached_tokens": 1, "output_tokens": 1}, 675),
    # openai o1: input 15, cached 7.50, output 60. 7 x 15 + 3 x 60 = 105 + 180 = 285
    ("o1", {"input_tokens": 7, "output_tokens": 3}, 285_000),
    # openai gpt-4.1: input 2, output 8, web searches 10 per 1,000.
    # 100 x 2 = 200 is 200,000; 3 searches at 0.01 are 0.03 dollars, 30,000,000
    ("gpt-4.1", {"input_tokens": 100, "web_searches": 3}, 30_200_000),
    # openai gpt-5.4: over 272,000 input tokens input 5, cached 0.50, output 22.50.
    # 200,000 x 5 + 100,000 x 0.50 + 1,000 x 22.50 = 1,000,000 + 50,000 + 22,500 = 1,072,500
    (
        "gpt-5.4",
        {"input_tokens": 300_000, "cached_tokens": 100_000, "output_tokens": 1_000},
        1_072_500_000,
    ),
    # openai whisper-1: 0.36 an hour of audio, which is 0.0001 a second. 61 s are 0.0061 dollars
    ("whisper-1", {"audio_seconds": 61}, 6_100_000),
    # anthropic claude-sonnet-4-0: input 3, cached 0.30, cache writes 3.75, output 15.
    # 1,000 x 3 + 6,000 x 0.30 + 3,000 x 3.75 + 500 x 15 = 3,000 + 1,800 + 11,250 + 7,500 = 23,550
    (
        "claude-sonnet-4-0",
        {
            "input_tokens": 10_000,
            "cached_tokens": 6_000,
            "cache_write_tokens": 3_000,
            "output_tokens": 500,
        },
        23_550_000,
    ),
    # anthropic claude-sonnet-4-5: input 3 up to 200,000 input tokens. 200,000 x 3 = 600,000
    ("claude-sonnet-4-5", {"input_tokens": 200_000}, 600_000_000),
    # anthropic claude-sonnet-4-5: one token more and all cost 6. 200,001 x 6 = 1,200,006
    ("claude-sonnet-4-5", {"input_tokens": 200_001}, 1_200_006_000),
    # google gemini-2.5-pro: over 200,000 input tokens input 2.50, cached 0.25, output 15.
    # 250,000 x 2.50 + 50,000 x 0.25 + 2,000 x 15 = 625,000 + 12,500 + 30,000 = 667,500
    (
        "gemini-2.5-pro",
        {"input_tokens": 300_000, "cached_tokens": 50_000, "output_tokens": 2_000},
        667_500_000,
    ),
    # google gemini-flash-1.5-8b: input 0.0375. One token is 37.5 nano-dollars: half-even to 38;
    # three are 112.5: half-even to 112
    ("gemini-flash-1.5-8b", {"input_tokens": 1}, 38),
    ("gemini-flash-1.5-8b", {"input_tokens": 3}, 112),
]


@pytest.mark.parametrize(("model", "quantities", "microcredits"), WORKED)
def test_a_price_worked_by_hand(model: str, quantities: dict[str, int], microcredits: int) -> None:
    assert charge(model, quantities) == microcredits
