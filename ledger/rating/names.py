"""Names: what lines call a model and its provider, and whose price of which model that means."""

from __future__ import annotations

from collections.abc import Collection, Sequence

import msgspec

from ledger.kernel.limits import NAMES_FOUND_MAX

Sold = tuple[str | None, str]
"""A model as a provider sells it, in lower case; without a provider: as anybody does."""

ANY, DIGIT = "*", "#"
_NO_PRICE: Sold = (None, "")


class Name(msgspec.Struct, frozen=True, omit_defaults=True):
    """Lines whose model is `name` cost what `model` costs at `seller`, unless they are one of
    `excluding`; without a `model` the card has no price for them, not even anybody's.

    `*` in a name is any text and `#` any digit; how letters are cased does not matter. With a
    `provider` it is for the lines of that provider, and the price is that provider's unless a
    seller is named; without one it is for lines that name no provider, or none that knows them.
    """

    name: str
    model: str | None = None
    provider: str | None = None
    seller: str | None = None
    excluding: list[str] = []


class ProviderName(msgspec.Struct, frozen=True, omit_defaults=True):
    """Lines whose provider is `name`, which may hold `*` and `#`, are of `provider`."""

    name: str
    provider: str


class Names:
    """Finds what a line means among what a version of a card prices."""

    def __init__(
        self, sold: Collection[Sold], names: Sequence[Name], providers: Sequence[ProviderName]
    ) -> None:
        self._sold = sold
        self._exact: dict[Sold, Sold] = {}
        self._patterns: dict[str | None, list[tuple[Glob, list[Glob], Sold]]] = {}
        for name in names:
            provider = lowered(name.provider)
            seller = lowered(name.seller) or provider
            means = _NO_PRICE if name.model is None else (seller, name.model)
            if is_pattern(name.name):
                glob, excluding = Glob(name.name), [Glob(each) for each in name.excluding]
                self._patterns.setdefault(provider, []).append((glob, excluding, means))
            else:
                self._exact.setdefault((provider, name.name.lower()), means)
        for provider, model in sold:
            self._exact.setdefault((provider, model.lower()), (provider, model))
        self._providers = providers
        self._known = {each for each, _ in (*sold, *self._exact)} | self._patterns.keys()
        self._found: dict[tuple[str | None, str], Sold | None] = {}

    def find(self, provider: str | None, model: str) -> Sold | None:
        """Return what is sold under a model's name: by the provider if it sells it, else by
        anybody; but what a known provider does not sell is nobody else's."""
        asked = (provider, model)
        if asked in self._found:
            return self._found[asked]
        if len(self._found) >= NAMES_FOUND_MAX:
            self._found.clear()
        found = self._found[asked] = self._find(lowered(provider), model)
        return found

    def _find(self, provider: str | None, model: str) -> Sold | None:
        provider = self._provider(provider)
        found = self._find_at(provider, model) if provider else None
        if found is None:
            found = self._find_at(None, model)
            if found is not None and provider and found[0] not in (None, provider):
                return None
        return None if found == _NO_PRICE else found

    def _provider(self, name: str | None) -> str | None:
        """Return the provider that is called so, if the card has prices of it."""
        if name is None or name in self._known:
            return name
        meant = (each.provider for each in self._providers if matches(each.name, name))
        return lowered(next(meant, None))

    def _find_at(self, provider: str | None, model: str) -> Sold | None:
        if (provider, model) in self._sold:
            return provider, model
        model = model.lower()
        exact = self._exact.get((provider, model))
        if exact is not None:
            return exact
        for glob, excluding, means in self._patterns.get(provider, ()):
            if glob.fits(model) and not any(each.fits(model) for each in excluding):
                return means
        return None


def is_pattern(name: str) -> bool:
    """Tell whether a name stands for more than itself."""
    return ANY in name or DIGIT in name


class Glob:
    """A pattern taken apart: lines are compared with many, and most differ where they begin."""

    def __init__(self, pattern: str) -> None:
        self._head, *rest = pattern.lower().split(ANY)
        self._between, self._tail = rest[:-1], rest[-1] if rest else None
        self._has_digit = DIGIT in self._head

    def fits(self, text: str) -> bool:
        """Tell whether a text in lower case is what the pattern says."""
        head, tail = self._head, self._tail
        if not (_is_at(text, head, 0) if self._has_digit else text.startswith(head)):
            return False
        if tail is None:
            return len(text) == len(head)
        place = len(head)
        for part in self._between:
            place = _find_from(text, part, place)
            if place < 0:
                return False
            place += len(part)
        last = len(text) - len(tail)
        return last >= place and _is_at(text, tail, last)


def matches(pattern: str, text: str) -> bool:
    """Tell whether a text in lower case is what a pattern says."""
    return Glob(pattern).fits(text)


def lowered(text: str | None) -> str | None:
    """Return a provider's name as it is compared."""
    return None if text is None else text.lower()


def _find_from(text: str, part: str, place: int) -> int:
    if DIGIT not in part:
        return text.find(part, place)
    return next((n for n in range(place, len(text)) if _is_at(text, part, n)), -1)


def _is_at(text: str, part: str, place: int) -> bool:
    if DIGIT not in part:
        return text.startswith(part, place)
    found = text[place : place + len(part)]
    return len(found) == len(part) and all(
        each == expected or (expected == DIGIT and each in "0123456789")
        for each, expected in zip(found, part, strict=True)
    )
