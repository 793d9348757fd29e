"""Sixty payloads worked by hand from the list's entries and rules.

Each source is the entry of genai-prices 0.2.3 (November 2026) for that provider and model, its
prices in dollars per million tokens unless said otherwise. A microcredit is a nano-dollar, so one
token at a dollar per million is 1,000 microcredits. Names are those that gateways and providers
write: dated, of a cloud, of a region; the entry that the list's rule for them means is named.
"""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from tests.unit.rating.listed_card import charge

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


IN, OUT, CACHED, WRITTEN = "input_tokens", "output_tokens", "cached_tokens", "cache_write_tokens"
AN_HOUR, AUDIO, CACHED_AUDIO = (
    "cache_write_1h_tokens",
    "input_audio_tokens",
    "cache_audio_read_tokens",
)
NOON, NIGHT, MORNING = (datetime(2026, 11, 21, hour, tzinfo=UTC) for hour in (12, 20, 7))

NAMED: list[tuple[str | None, str, dict[str, int], int]] = [
    # -- openai: equal to one of the names of gpt-4o; the compact date of other gateways
    # input 2.50, cached 1.25, output 10. 600 x 2.50 + 400 x 1.25 + 200 x 10 = 4,000
    ("openai", "gpt-4o-2024-08-06", {IN: 1_000, CACHED: 400, OUT: 200}, 4_000_000),
    ("openai", "gpt-4o-20240806", {IN: 1_000, CACHED: 400, OUT: 200}, 4_000_000),
    ("OpenAI", "GPT-4o-2024-11-20", {IN: 1_000, CACHED: 400, OUT: 200}, 4_000_000),
    # web searches 10 a thousand: 2 are 0.02 dollars; 100 x 2.50 = 250
    (None, "gpt-4o-2024-08-06", {IN: 100, "web_searches": 2}, 20_250_000),
    # gpt-4o-mini: input 0.15, cached 0.075, output 0.60. 800 x 0.15 + 200 x 0.075 + 50 x 0.60 = 165
    (None, "gpt-4o-mini-2024-07-18", {IN: 1_000, CACHED: 200, OUT: 50}, 165_000),
    # o3 since 2025-06-10: input 2, cached 0.50, output 8. 500 x 2 + 100 x 8 = 1,800
    (None, "o3-2025-04-16", {IN: 500, OUT: 100}, 1_800_000),
    # o4-mini: input 1.10, cached 0.275, output 4.40. 8 x 1.10 + 2 x 0.275 + 1 x 4.40 = 13.75
    (None, "o4-mini-2025-04-16", {IN: 10, CACHED: 2, OUT: 1}, 13_750),
    # gpt-4.1-nano: input 0.10, output 0.40. 7 x 0.10 + 3 x 0.40 = 1.9
    ("openai", "gpt-4.1-nano-2025-04-14", {IN: 7, OUT: 3}, 1_900),
    # gpt-5-mini: input 0.25, cached 0.025, output 2. 75 x 0.25 + 25 x 0.025 + 10 x 2 = 39.375
    ("openai", "gpt-5-mini-2025-08-07", {IN: 100, CACHED: 25, OUT: 10}, 39_375),
    # text-embedding-3-small: input 0.02. 8,191 x 0.02 = 163.82
    ("openai", "text-embedding-3-small", {IN: 8_191}, 163_820),
    # gpt-3.5-turbo: input 0.50, output 1.50. 1 x 0.50 + 1 x 1.50 = 2
    ("openai", "gpt-3.5-turbo-0125", {IN: 1, OUT: 1}, 2_000),
    # gpt-4-turbo: input 10, output 30. 20 x 10 + 30 x 30 = 1,100
    ("openai", "gpt-4-turbo-2024-04-09", {IN: 20, OUT: 30}, 1_100_000),
    # a fine-tuned gpt-4o-mini, by how its name begins: input 0.30, output 1.20. 100 x 0.30 = 30
    ("openai", "ft:gpt-4o-mini-2024-07-18:org::id", {IN: 100}, 30_000),
    # gpt-6.1-sol by the digits of its date, above 272,000: input 4, written 5, cached 0.20,
    # output 15. 200,000 x 4 + 50,000 x 5 + 50,000 x 0.20 + 1,000 x 15 = 1,075,000
    (
        "openai",
        "gpt-6.1-sol-2026-10-01",
        {IN: 300_000, WRITTEN: 50_000, CACHED: 50_000, OUT: 1_000},
        1_075_000_000,
    ),
    # gpt-realtime: input 4, audio 32, cached audio 0.40, cached 0.40, output 16, output audio 64.
    # 20 cached are audio; 1,000 - 200 - 50 + 20 = 770 text: 770 x 4 + 180 x 32 + 20 x 0.40
    # + 30 x 0.40 + 10 x 16 + 90 x 64 = 3,080 + 5,760 + 8 + 12 + 160 + 5,760 = 14,780
    (
        "openai",
        "gpt-realtime",
        {
            IN: 1_000,
            AUDIO: 200,
            CACHED: 50,
            CACHED_AUDIO: 20,
            OUT: 100,
            "output_audio_tokens": 90,
        },
        14_780_000,
    ),
    # -- anthropic, by a date of eight digits
    # claude-3-5-haiku-latest: input 0.80, written 1, for an hour 1.60, output 4.
    # 500 x 0.80 + 300 x 1 + 200 x 1.60 + 100 x 4 = 1,420: the 200 are among the 500 written
    (
        "anthropic",
        "claude-3-5-haiku-20241022",
        {IN: 1_000, WRITTEN: 500, AN_HOUR: 200, OUT: 100},
        1_420_000,
    ),
    # claude-3-opus-latest: input 15, cached 1.50, output 75. 90 x 15 + 10 x 1.50 + 2 x 75 = 1,515
    (None, "claude-3-opus-20240229", {IN: 100, CACHED: 10, OUT: 2}, 1_515_000),
    # claude-sonnet-4-5, above 200,000: input 6, for an hour 12, output 22.50.
    # 150,000 x 6 + 100,000 x 12 + 1,000 x 22.50 = 2,122,500
    (
        "anthropic",
        "claude-sonnet-4-5-20250929",
        {IN: 250_000, WRITTEN: 100_000, AN_HOUR: 100_000, OUT: 1_000},
        2_122_500_000,
    ),
    # and at 200,000: input 3, for an hour 6, output 15.
    # 100,000 x 3 + 100,000 x 6 + 1,000 x 15 = 915,000
    (
        "anthropic",
        "claude-sonnet-4-5-20250929",
        {IN: 200_000, WRITTEN: 100_000, AN_HOUR: 100_000, OUT: 1_000},
        915_000_000,
    ),
    # claude-opus-4-1: input 15, output 75. 3 x 15 + 3 x 75 = 270
    (None, "claude-opus-4-1-20250805", {IN: 3, OUT: 3}, 270_000),
    # claude-opus-5 with @: input 5, output 25. 40 x 5 + 4 x 25 = 300
    ("anthropic", "claude-opus-5@20260801", {IN: 40, OUT: 4}, 300_000),
    # claude-haiku-4-5: input 1, written 1.25, cached 0.10, output 5.
    # 400 x 1 + 400 x 1.25 + 200 x 0.10 + 20 x 5 = 1,020
    (
        "anthropic",
        "claude-haiku-4-5-20251001",
        {IN: 1_000, WRITTEN: 400, CACHED: 200, OUT: 20},
        1_020_000,
    ),
    # claude-2, by how the name begins: input 8, output 24. 10 x 8 + 10 x 24 = 320
    ("anthropic", "claude-2.1", {IN: 10, OUT: 10}, 320_000),
    # -- clouds, which have prices and names of their own
    # aws regional claude-3-5-sonnet, by what the name holds: input 3, cached 0.30, output 15.
    # 900 x 3 + 100 x 0.30 + 100 x 15 = 4,230
    (
        "aws",
        "anthropic.claude-3-5-sonnet-20241022-v2:0",
        {IN: 1_000, CACHED: 100, OUT: 100},
        4_230_000,
    ),
    # the provider is anything that holds "bedrock"; nova-pro: input 0.80, output 3.20.
    # 50 x 0.80 + 50 x 3.20 = 200
    ("aws-bedrock", "us.amazon.nova-pro-v1:0", {IN: 50, OUT: 50}, 200_000),
    # regional claude-sonnet-4: input 3, written 3.75, output 15.
    # 60 x 3 + 40 x 3.75 + 1 x 15 = 345
    (
        "amazon-bedrock",
        "eu.anthropic.claude-sonnet-4-20250514-v1:0",
        {IN: 100, WRITTEN: 40, OUT: 1},
        345_000,
    ),
    # titan-embed-text-v2: input 0.02. 50 x 0.02 = 1
    ("aws", "amazon.titan-embed-text-v2:0", {IN: 50}, 1_000),
    # google, also called vertex: gemini-2.5-pro: input 1.25, cached 0.125, output 10.
    # 100,000 x 1.25 + 100,000 x 0.125 + 10 x 10 = 137,600 at 200,000
    (
        "google",
        "gemini-2.5-pro-preview-06-05",
        {IN: 200_000, CACHED: 100_000, OUT: 10},
        137_600_000,
    ),
    # gemini-2.5-flash: input 0.30, audio 1, cached 0.03, cached audio 0.10, output 2.50.
    # 600 x 0.30 + 350 x 1 + 50 x 0.10 + 4 x 2.50 = 545: all that is cached is audio
    (
        "vertex",
        "gemini-2.5-flash",
        {IN: 1_000, AUDIO: 400, CACHED: 50, CACHED_AUDIO: 50, OUT: 4},
        545_000,
    ),
    # gemini-1.5-flash, above 128,000: input 0.15, output 0.60. 128,001 x 0.15 + 1 x 0.60
    # = 19,200.75
    ("google-gla", "gemini-1.5-flash-002", {IN: 128_001, OUT: 1}, 19_200_750),
    # gemini-2.0-flash-lite: input 0.075, output 0.30. 3 x 0.075 = 0.225: 225 nano-dollars
    ("google", "gemini-2.0-flash-lite-001", {IN: 3}, 225),
    # google sells claude-3-5-sonnet: input 3, output 15. 11 x 3 + 11 x 15 = 198
    ("google-vertex", "claude-3-5-sonnet-v2@20241022", {IN: 11, OUT: 11}, 198_000),
    # gemini-2.5-flash-image: output 2.50, output of images 30. 10 x 2.50 + 1,290 x 30 = 38,725
    (
        "google",
        "gemini-2.5-flash-image",
        {OUT: 1_300, "output_image_tokens": 1_290},
        38_725_000,
    ),
    # gemini-embedding-001: input 0.15. 20 x 0.15 = 3
    ("google", "gemini-embedding-001", {IN: 20}, 3_000),
    # azure has its gpt-4o: input 2.50, output 10. 4 x 2.50 + 1 x 10 = 20
    ("azure", "gpt-4o-2024-11-20", {IN: 4, OUT: 1}, 20_000),
    # azure writes 35 for 3.5: input 0.50, output 1.50. 2 x 0.50 + 2 x 1.50 = 4
    ("azure", "gpt-35-turbo", {IN: 2, OUT: 2}, 4_000),
    # azure resells what it does not list: openai's o3, input 2, output 8. 1 x 2 + 1 x 8 = 10
    ("azure", "o3-2025-04-16", {IN: 1, OUT: 1}, 10_000),
    # -- others
    # deepseek-chat at noon: input 0.27, cached 0.07, output 1.10. 70 x 0.27 + 30 x 0.07 + 10 x 1.10
    # = 18.9 + 2.1 + 11 = 32
    ("deepseek", "deepseek-chat", {IN: 100, CACHED: 30, OUT: 10}, 32_000),
    # codestral-2508, "mistralai" begins with mistral: input 0.30, output 0.90.
    # 10 x 0.30 + 10 x 0.90 = 12
    ("mistralai", "codestral-2508", {IN: 10, OUT: 10}, 12_000),
    # mistral-ocr-latest since 2026-06-23: 4 a thousand pages, annotated 5.
    # 7 x 0.004 + 3 x 0.005 = 0.043 dollars
    (
        "mistral",
        "mistral-ocr-latest",
        {"input_document_pages": 10, "input_annotated_document_pages": 3},
        43_000_000,
    ),
    # grok-4.3 by the digits of its date, at 199,999: input 1.25, cached 0.20, output 2.50.
    # 199,999 x 1.25 = 249,998.75
    ("x-ai", "grok-4.3-20260430", {IN: 199_999}, 249_998_750),
    # one token more and all cost 2.50. 200,000 x 2.50 = 500,000
    ("xai", "x-ai/grok-4.3-20260430", {IN: 200_000}, 500_000_000),
    # groq's llama-3.3-70b-versatile: input 0.59, output 0.79. 100 x 0.59 + 100 x 0.79 = 138
    ("groq", "llama-3.3-70b-versatile", {IN: 100, OUT: 100}, 138_000),
    # gpt-oss-120b at cerebras: input 0.35, output 0.75. 1,000,000 x (0.35 + 0.75) = 1.10 dollars
    ("cerebras", "gpt-oss-120b", {IN: 1_000_000, OUT: 1_000_000}, 1_100_000_000),
    # and at fireworks, by its path: input 0.15, cached 0.015, output 0.60.
    # 5 x 0.15 + 5 x 0.015 + 5 x 0.60 = 3.825
    (
        "fireworks",
        "accounts/fireworks/models/gpt-oss-120b",
        {IN: 10, CACHED: 5, OUT: 5},
        3_825,
    ),
    # perplexity's sonar counts each request at 12 a thousand: 0.012 + (10 x 1 + 10 x 1)
    ("perplexity", "sonar", {IN: 10, OUT: 10}, 12_020_000),
    # openrouter's free ones cost nothing
    ("openrouter", "meta-llama/llama-4-scout:free", {IN: 1_000, OUT: 1_000}, 0),
    # a float on its way into the list: 0.18000000000000002 is 0.18; output 0.68.
    # 100 x 0.18 + 100 x 0.68 = 86
    ("huggingface_together", "qwen/qwen3-vl-8b-instruct", {IN: 100, OUT: 100}, 86_000),
    # cursor's name has brackets: input 3, output 15. 10 x 3 + 10 x 15 = 180
    ("cursor", "composer-2.5[fast=true]", {IN: 10, OUT: 10}, 180_000),
]


def test_there_are_sixty() -> None:
    assert len(WORKED) + len(NAMED) >= 60
    assert len({(of, name) for of, name, *_ in NAMED}) > 45


@pytest.mark.parametrize(("provider", "name", "quantities", "microcredits"), NAMED)
def test_a_name_worked_by_hand(
    provider: str | None, name: str, quantities: dict[str, int], microcredits: int
) -> None:
    assert charge(name, quantities, provider, NOON) == microcredits


@pytest.mark.parametrize(
    ("at", "microcredits"),
    [
        # deepseek-v4-pro since 2026-08-17: input 0.66, cached 0.022, output 1.98; from 01 to 04 and
        # from 06 to 10 o'clock twice that. 90 x 0.66 + 10 x 0.022 + 10 x 1.98 = 79.42
        (NIGHT, 79_420),
        (MORNING, 158_840),
    ],
)
def test_an_hour_worked_by_hand(at: datetime, microcredits: int) -> None:
    used = {IN: 100, CACHED: 10, OUT: 10}
    assert charge("deepseek-v4-pro", used, "deepseek", at) == microcredits


@pytest.mark.parametrize(("model", "quantities", "microcredits"), WORKED)
def test_a_price_worked_by_hand(model: str, quantities: dict[str, int], microcredits: int) -> None:
    assert charge(model, quantities) == microcredits
