"""Read models: each is one file, which its context lists, and all else is made of that."""

from __future__ import annotations

from dataclasses import replace

import pytest

from adapters.postgres.connection import DatabaseUrls
from api.container import FACT_EFFECTS, Endpoints, analysts_rows, projections
from ledger.contexts import CONTEXTS
from projections.credits.transactions import READ_MODEL
from projections.feed import FEED
from projections.followers import FOLLOWERS
from projections.read_models import READ_MODELS, read_models_of
from tests.tidy.tree import ROOT

UNUSED = "postgresql://127.0.0.1:1/unused"
ENDS = Endpoints(DatabaseUrls(writer=UNUSED), "http://127.0.0.1:1/unused")


def test_every_read_model_is_a_file_that_its_context_lists() -> None:
    files = {
        (path.parent.name, path.stem)
        for path in (ROOT / "projections").glob("*/*.py")
        if path.stem != "__init__"
    }
    assert files == {
        (context.name, name)
        for context in CONTEXTS
        for name in (*context.read_models, *context.followers)
    }


def test_every_read_model_is_followed_and_those_for_analysts_are_read() -> None:
    assert tuple(end.name for end in projections(ENDS)) == FOLLOWERS
    with analysts_rows(ENDS) as rows:
        assert list(rows) == [name for name, each in READ_MODELS.items() if each.for_analysts]


def test_no_effect_is_called_as_another_or_as_a_follower() -> None:
    """All keep how far they have come in one table, by their names."""
    names = [each.name for each in FACT_EFFECTS]
    assert len(names) > 4
    followers = [*FOLLOWERS, FEED]
    assert len({*names, *followers}) == len(names) + len(followers)


def test_a_read_model_is_listed_once_and_under_its_name(monkeypatch: pytest.MonkeyPatch) -> None:
    (credits,) = (context for context in CONTEXTS if context.name == "credits")
    with pytest.raises(ValueError, match="credits lists the read model transactions, as another"):
        read_models_of([*CONTEXTS, credits])
    other = replace(READ_MODEL, name="other")
    monkeypatch.setattr("projections.credits.transactions.READ_MODEL", other)
    with pytest.raises(ValueError, match="is not the read model transactions"):
        read_models_of([credits])


def test_rows_begin_with_their_key() -> None:
    with pytest.raises(ValueError, match="must begin with"):
        replace(READ_MODEL, for_analysts=True)


def test_no_two_of_what_follows_the_events_keep_their_place_under_one_name() -> None:
    names = [*FOLLOWERS, FEED, *(effect.name for effect in FACT_EFFECTS)]
    assert len({*names}) == len(names)
