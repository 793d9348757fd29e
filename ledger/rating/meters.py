"""Meters: which are parts of which, and what of a line each priced one is charged for.

A part is counted in its wholes, too: a token written to a cache for an hour is one of
`cache_write_1h_tokens`, of `cache_write_tokens` and of `input_tokens`. Other meters stand alone.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from functools import lru_cache
from itertools import combinations

from ledger.credits.usage import CACHE_WRITE_TOKENS, CACHED_TOKENS, INPUT_TOKENS, OUTPUT_TOKENS
from ledger.kernel.errors import Invalid

Traits = frozenset[str]
"""What is true of everything that a meter counts: those of a whole are among those of its parts."""


def _tokens() -> Iterable[tuple[str, tuple[str, ...]]]:
    yield INPUT_TOKENS, ()
    yield OUTPUT_TOKENS, ()
    yield CACHED_TOKENS, ("read",)
    yield CACHE_WRITE_TOKENS, ("write",)
    yield "cache_write_5m_tokens", ("write", "5m")
    yield "cache_write_1h_tokens", ("write", "1h")
    yield "input_tool_tokens", ("tool",)
    yield "output_reasoning_tokens", ("reasoning",)
    yield "output_citation_tokens", ("citation",)
    for medium in ("text", "audio", "image", "video"):
        yield f"input_{medium}_tokens", (medium,)
        yield f"output_{medium}_tokens", (medium,)
        yield f"cache_{medium}_read_tokens", (medium, "read")
        yield f"cache_{medium}_write_tokens", (medium, "write")
        yield f"cache_{medium}_write_5m_tokens", (medium, "write", "5m")
        yield f"cache_{medium}_write_1h_tokens", (medium, "write", "1h")
        yield f"input_{medium}_tool_tokens", (medium, "tool")
        yield f"output_{medium}_reasoning_tokens", (medium, "reasoning")
        yield f"output_{medium}_citation_tokens", (medium, "citation")


TRAITS: dict[str, Traits] = {
    meter: frozenset({"tokens", "output" if meter.startswith("output") else "input", *traits})
    for meter, traits in _tokens()
} | {
    "audio_seconds": frozenset({"seconds"}),
    "input_audio_seconds": frozenset({"seconds", "input"}),
    "output_audio_seconds": frozenset({"seconds", "output"}),
    "input_document_pages": frozenset({"pages"}),
    "input_annotated_document_pages": frozenset({"pages", "annotated"}),
}
_METERS = {traits: meter for meter, traits in TRAITS.items()}

REMEMBERED_MAX = 4_096
"""Combinations of meters whose order is remembered."""

PARTS = frozenset(
    meter for meter, traits in TRAITS.items() if any(each < traits for each in TRAITS.values())
)
"""The meters that are part of another. A line without one is charged for just what it says."""


def counted_once(quantities: Mapping[str, int]) -> Mapping[str, int]:
    """Return what each meter of a line counts beside its parts. A whole that is less than they are
    is refused; one that a line does not name is their sum, but input and output tokens are none."""
    if PARTS.isdisjoint(quantities):
        return quantities
    beside: dict[str, int] = {}
    for meter, parts in _order(tuple(quantities)):
        told = quantities.get(meter, 0)
        beside[meter] = told - sum([beside[part] for part in parts])
        if beside[meter] < 0:
            named = sorted(part for part in parts if quantities[part])
            raise Invalid(
                f"{' and '.join(named)} are parts of {meter} and must not exceed them.",
                field=named[0],
            )
    return {meter: beside[meter] for meter in quantities}


def billed(quantities: Mapping[str, int], priced: Collection[str]) -> Mapping[str, int]:
    """Return what each meter of a line is charged for: a part without a price of its own is charged
    as the smallest whole that has one."""
    if PARTS.isdisjoint(quantities):
        return quantities
    places, both = _places(tuple(quantities), tuple(priced))
    charged: dict[str, int] = {}
    for meter, units in counted_once(quantities).items():
        if units:
            place = places[meter]
            charged[place] = charged.get(place, 0) + units
    for one, other, meter in both:
        if quantities[one] and quantities[other]:
            raise Invalid(
                f"{meter} is required beside {one} and {other}: it has a price of its own, so say "
                "how many of them are both, or 0.",
                field=meter,
            )
    return charged


def is_part(meter: str, whole: str) -> bool:
    """Tell whether all that a meter counts is counted by another, too."""
    return TRAITS.get(whole, _NOTHING) < TRAITS.get(meter, _NONE)


_NONE: Traits = frozenset()
_NOTHING: Traits = frozenset({"of no meter"})


@lru_cache(REMEMBERED_MAX)
def _order(named: tuple[str, ...]) -> list[tuple[str, list[str]]]:
    """Return the meters of a line, parts before their wholes, each with the parts named before
    it."""
    several = sorted(
        {INPUT_TOKENS, OUTPUT_TOKENS, *named},
        key=lambda meter: (-len(TRAITS.get(meter, ())), meter),
    )
    return [
        (meter, [part for part in several[:place] if is_part(part, meter)])
        for place, meter in enumerate(several)
    ]


@lru_cache(REMEMBERED_MAX)
def _places(
    named: tuple[str, ...], priced: tuple[str, ...]
) -> tuple[dict[str, str], list[tuple[str, str, str]]]:
    """As which meter each of a line is charged; and pairs of them for which what is in both has a
    price of its own that the line says nothing of."""
    places = {meter: meter if meter in priced else _priced_whole(meter, priced) for meter in named}
    parts = [meter for meter in named if meter in PARTS]
    pairs = (
        (one, other, _METERS.get(TRAITS[one] | TRAITS[other]))
        for one, other in combinations(sorted(parts), 2)
    )
    return places, [
        (one, other, both)
        for one, other, both in pairs
        if both is not None and both in priced and both not in named
    ]


def _priced_whole(meter: str, priced: Collection[str]) -> str:
    """Return the smallest whole with a price, of several the first by name; the meter itself if
    none."""
    wholes = [whole for whole in priced if is_part(meter, whole)]
    return min(wholes, key=lambda whole: (-len(TRAITS[whole]), whole), default=meter)
