"""The names of a price list: whatever the list understands by a text, the card does, too."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Mapping, Sequence

from ledger.rating.listed import Listed, ListedProvider, Pattern
from ledger.rating.names import Name, ProviderName, is_pattern

_DASHED = re.compile(r"-(20[0-9]{2}|####)-(0[1-9]|1[0-2]|##)-(0[1-9]|[12][0-9]|3[01]|##)(?=-|:|$)")

Priced = Mapping[tuple[str, str], object]
"""The provider and id of each model with a price in the card."""


def compact(name: str) -> str:
    """Return a name with its date as some gateways write it: gpt-4o-20240806."""
    return _DASHED.sub(r"-\1\2\3", name)


class _Shelf:
    """What one provider sells, by what it is called: the first model that a name fits is meant."""

    def __init__(self, models: Sequence[Listed]) -> None:
        self.models = models
        self._exact: dict[str, int] = {}
        self.wild: list[tuple[int, Pattern]] = []
        for rank, model in enumerate(models):
            for pattern in model.patterns:
                if is_pattern(pattern.name):
                    self.wild.append((rank, pattern))
                else:
                    self._exact.setdefault(pattern.name, rank)

    def meaning(self, text: str) -> Listed | None:
        """Return the model that a text in lower case means."""
        exact = self._exact.get(text, len(self.models))
        wild = (rank for rank, pattern in self.wild if rank < exact and pattern.fits(text))
        rank = next(wild, exact)
        return self.models[rank] if rank < len(self.models) else None

    def texts(self) -> Iterator[str]:
        """Yield the names that are no patterns."""
        yield from self._exact


class Catalogue:
    """The models of a list as each provider names them."""

    def __init__(
        self, listed: Sequence[Listed], providers: Sequence[ListedProvider], priced: Priced
    ) -> None:
        self._models: dict[str, list[Listed]] = {}
        for model in listed:
            self._models.setdefault(model.provider, []).append(model)
        known = {each.id: each for each in providers}
        self._providers = {id: known.get(id, ListedProvider(id)) for id in self._models}
        self._shelves = {id: _Shelf(self._sold_by(id)) for id in self._models}
        self._exact = {id: self._exact_names(id) for id in self._models}
        self._priced = priced

    def _sold_by(self, provider: str) -> list[Listed]:
        resells = self._providers[provider].resells
        return [model for each in (provider, *resells) for model in self._models.get(each, ())]

    def _exact_names(self, provider: str) -> dict[str, Listed]:
        """Whole texts and what they mean; with compact dates unless those mean something else."""
        shelf = self._shelves[provider]
        ids = (model.model.lower() for model in self._models[provider])
        found: dict[str, Listed] = {}
        for text in (*shelf.texts(), *ids):
            meant = shelf.meaning(text)
            if meant is not None:
                found[text] = meant
        for text, meant in list(found.items()):
            found.setdefault(compact(text), shelf.meaning(compact(text)) or meant)
        return found

    def names(self) -> Iterator[Name]:
        """Yield what lines of each provider call its models, then what lines without one call
        them."""
        for provider in self._models:
            for text, model in self._exact[provider].items():
                yield from self._named(text, model, provider)
            for pattern, model in self._wild(provider):
                yield from self._named(pattern.name, model, provider, pattern.excluding)
        yield from self._of_nobody()

    def provider_names(self) -> Iterator[ProviderName]:
        """Yield what else the providers are called; an id goes before."""
        seen: set[str] = set(self._models)
        for provider in self._providers.values():
            for pattern in provider.patterns:
                if pattern.name not in seen and not pattern.excluding:
                    seen.add(pattern.name)
                    yield ProviderName(pattern.name, provider.id)

    def meaning_alone(self, text: str) -> Listed | None:
        """Return the model that a text means when nothing says the provider."""
        for id, provider in self._providers.items():
            if provider.is_meant_by is not None and provider.is_meant_by(text):
                return self._exact[id].get(text) or self._shelves[id].meaning(text)
        return None

    def _wild(self, provider: str) -> list[tuple[Pattern, Listed]]:
        """Return patterns in their order, those with compact dates last; each says once what it
        means."""
        shelf = self._shelves[provider]
        wild = [(pattern, shelf.models[rank]) for rank, pattern in shelf.wild]
        dated = [(p._replace(name=compact(p.name)), model) for p, model in wild]
        found: dict[str, tuple[Pattern, Listed]] = {}
        for pattern, model in (*wild, *dated):
            found.setdefault(pattern.name, (pattern, model))
        return list(found.values())

    def _of_nobody(self) -> Iterator[Name]:
        """First whole texts, then patterns that mean a provider whatever stands for the stars."""
        for text in dict.fromkeys(text for each in self._exact.values() for text in each):
            model = self.meaning_alone(text)
            if model is not None:
                yield from self._named(text, model, None)
        seen: set[str] = set()
        for id, provider in self._providers.items():
            for pattern, model in self._wild(id):
                if pattern.name not in seen and _implies(pattern, provider):
                    seen.add(pattern.name)
                    yield from self._named(pattern.name, model, None, pattern.excluding)

    def _named(
        self, text: str, model: Listed, provider: str | None, excluding: Collection[str] = ()
    ) -> Iterator[Name]:
        if not self._priced.get((model.provider, model.model)):
            yield Name(text, None, provider, None, list(excluding))
        elif (model.provider, model.model) != (provider, text):
            seller = None if model.provider == provider else model.provider
            yield Name(text, model.model, provider, seller, list(excluding))


def _implies(pattern: Pattern, provider: ListedProvider) -> bool:
    """Tell whether every text that a pattern fits means a provider: tried with little and with
    much."""
    is_meant = provider.is_meant_by
    samples = (pattern.name.replace("#", "1").replace("*", each) for each in ("", "x", "-1:y"))
    return is_meant is not None and all(is_meant(sample) for sample in samples)
