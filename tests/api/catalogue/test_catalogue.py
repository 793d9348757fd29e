"""The catalogue over HTTP: what is wrong is named, what was recorded is found by id, slug and SKU,
and of many who want one SKU one has it."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest

from tests.api.catalogue.story import CATALOGUE, SHIRT, SIZES, TYPE
from tests.api.served import Api, Served, done

ITEMS = f"{CATALOGUE}/items"


@pytest.fixture
def shop(admin: Api) -> Api:
    """An org that sells clothes."""
    done(admin.send(f"{CATALOGUE}/item-types/clothes", TYPE, method="PUT"))
    for slug, parent in (("clothing", None), ("shirts", "clothing")):
        put_category(admin, slug, parent)
    return admin


def put_category(admin: Api, slug: str, parent: str | None = None) -> None:
    body = {"texts": {"en": {"title": slug}}, "parent": parent}
    done(admin.send(f"{CATALOGUE}/categories/{slug}", body, method="PUT"))


def sell(admin: Api, slug: str, title: str, sku: str, **more: Any) -> str:
    """A published item in one size."""
    body = SHIRT | {"slug": slug, "texts": {"en": {"title": title}}} | more
    item = str(done(admin.send(ITEMS, body))["id"])
    sizes = SIZES | {"variants": [{"sku": sku, "values": {"size": "m"}}]}
    done(admin.send(f"{ITEMS}/{item}/variants", sizes, method="PUT"))
    done(admin.send(f"{ITEMS}/{item}/publish"))
    return item


def found(admin: Api, **asked: str) -> list[str]:
    """The slugs of what a search finds."""
    return [each["slug"] for each in done(admin.get(f"{CATALOGUE}/search", **asked))["data"]]


def test_an_item_is_found_by_id_slug_and_sku(shop: Api) -> None:
    item = sell(shop, "linen", "Linen shirt", "LINEN-M")
    one = done(shop.get(f"{ITEMS}/{item}"))
    assert one == done(shop.get(f"{CATALOGUE}/slugs/linen"))
    assert (one["state"], one["skus"], one["fields"]) == ("published", ["LINEN-M"], SHIRT["fields"])
    sku = done(shop.get(f"{CATALOGUE}/skus/LINEN-M"))
    assert (sku["item"], sku["kind"], sku["published"]) == (item, "physical", True)
    assert done(shop.get(f"{ITEMS}/{item}/variants"))["data"] == [sku]
    done(shop.send(f"{ITEMS}/{item}/archive"))
    assert done(shop.get(f"{CATALOGUE}/skus/LINEN-M")) == sku | {"published": False}
    again = shop.send(ITEMS, SHIRT | {"slug": "linen"})
    assert (again.status_code, again.json()["field"]) == (409, "slug")


def test_lists_have_pages_and_filters(shop: Api) -> None:
    for number in range(3):
        done(shop.send(ITEMS, SHIRT | {"slug": f"shirt-{number}"}))
    first = done(shop.get(ITEMS, limit="2", state="draft", type="clothes"))
    query = {"limit": "2", "state": "draft", "type": "clothes", "cursor": first["next_cursor"]}
    rest = done(shop.get(ITEMS, **query))
    slugs = {each["slug"] for page in (first, rest) for each in page["data"]}
    assert (slugs, rest["next_cursor"]) == ({"shirt-0", "shirt-1", "shirt-2"}, None)
    assert done(shop.get(ITEMS, state="published"))["data"] == []
    assert shop.get(ITEMS, state="gone").json()["field"] == "state"
    one = done(shop.get(f"{CATALOGUE}/categories", limit="1"))
    two = done(shop.get(f"{CATALOGUE}/categories", limit="1", cursor=one["next_cursor"]))
    assert [page["data"][0]["slug"] for page in (one, two)] == ["clothing", "shirts"]


def test_a_search_finds_words_forms_beginnings_and_what_is_misspelt(
    service: Served, shop: Api
) -> None:
    sell(
        shop,
        "linen",
        "Linen shirt",
        "A",
        texts={"en": {"title": "Linen shirt"}, "de": {"title": "Leinenhemden"}},
    )
    sell(shop, "wool", "Wool jacket", "B", categories=["clothing"])
    sell(shop, "hat", "Hat", "C", texts={"en": {"title": "Straw hat", "description": "No shirt."}})
    done(shop.send(ITEMS, SHIRT | {"slug": "draft"}))
    assert found(shop, q="shirts") == ["linen", "hat"]
    assert found(shop, q="jack") == found(shop, q="jakcet") == ["wool"]
    assert found(shop, q="leinenhemd", locale="de") == ["linen"]
    assert found(shop, q="shirt -straw linen") == ["linen"]
    assert found(shop, q="zzzzz") == []
    assert set(found(shop)) == {"linen", "wool", "hat"}
    assert set(found(shop, category="clothing")) == {"linen", "wool", "hat"}
    assert set(found(shop, category="shirts", option="size=m")) == {"linen", "hat"}
    assert found(shop, option="size=l") == found(shop, type="none") == []
    assert found(service.new_admin(), q="shirt") == []


def test_a_search_has_pages_and_facets(shop: Api) -> None:
    for number in range(5):
        sell(shop, f"s{number}", f"Shirt {'shirt ' * number}", f"S{number}")
    first = done(shop.get(f"{CATALOGUE}/search", q="shirt", limit="2"))
    assert (first["found"], first["is_more"]) == (5, False)
    assert first["facets"] == {
        "types": [{"name": "clothes", "items": 5}],
        "categories": [{"name": "shirts", "items": 5}],
        "options": [{"name": "size=m", "items": 5}],
    }
    pages, slugs = [first], []
    while cursor := pages[-1]["next_cursor"]:
        query = {"q": "shirt", "limit": "2", "cursor": cursor}
        pages.append(done(shop.get(f"{CATALOGUE}/search", **query)))
    slugs = [each["slug"] for page in pages for each in page["data"]]
    assert sorted(slugs) == [f"s{number}" for number in range(5)]
    assert pages[-1]["facets"] is None
    other = shop.get(f"{CATALOGUE}/search", q="other", cursor=first["next_cursor"])
    assert other.status_code == 422


@pytest.mark.parametrize(
    "asked",
    [
        {"q": "&"},
        {"q": "x" * 201},
        {"q": "a\x00"},
        {"locale": "english"},
        {"type": "a/b"},
        {"category": "'"},
        {"option": "size"},
        {"option": "size=m'"},
        {"option": ",".join(["size=m"] * 6)},
        {"limit": "0"},
        {"cursor": "x"},
    ],
)
def test_what_cannot_be_searched_for_is_named(shop: Api, asked: dict[str, str]) -> None:
    answer = shop.get(f"{CATALOGUE}/search", **asked)
    assert (answer.status_code, answer.json()["field"]) == (422, next(iter(asked)))


@pytest.mark.parametrize(
    "q", ["a' | 'b", "(((", "a:*", "\\", "!a & ", "<->", "a\\'b", "ß é 漢字", "a_b"]
)
def test_whatever_is_typed_is_no_fault(shop: Api, q: str) -> None:
    assert shop.get(f"{CATALOGUE}/search", q=q).status_code in (200, 422)


@pytest.mark.parametrize(
    ("fields", "field"),
    [
        ({"slug": "A b"}, "slug"),
        ({"type": "none"}, "type"),
        ({"texts": {}}, "texts"),
        ({"texts": {"en": {}}}, "texts"),
        ({"texts": {"en": {"title": "x", "more": 1}}}, "texts"),
        ({"texts": {"en": {"title": "\x00"}}}, "texts.en.title"),
        ({"fields": {"fabric": 7}}, "fields.fabric"),
        ({"fields": {"other": "x"}}, "fields"),
        ({"fields": [1]}, "fields"),
        ({"fields": {"fabric": "\x00"}}, "fields"),
        ({"categories": ["none"]}, "categories.0"),
        ({"categories": ["a/b"]}, "categories.0"),
        ({"media": [{"source": "javascript:x"}]}, "media.0.source"),
        ({"media": [{}]}, "media"),
        ({"state": "published"}, "state"),
    ],
)
def test_an_item_that_cannot_be_is_named(shop: Api, fields: dict[str, Any], field: str) -> None:
    answer = shop.send(ITEMS, SHIRT | fields)
    assert answer.status_code in (404, 422)
    assert answer.json()["field"] == field, answer.text


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({"variants": []}, "variants"),
        ({"variants": [{"sku": "a b"}]}, "variants.0.sku"),
        ({"variants": [{"sku": "A", "values": {"size": "m"}}]}, "variants.0.values"),
        ({"variants": [{"sku": "A", "credits": "1"}]}, "variants.0.credits"),
        ({"variants": [{"sku": "A", "credits": "0.00000001"}]}, "variants.0.credits"),
        ({"variants": [{"sku": "A", "weight": 1.5}]}, "variants.0.weight"),
        ({"variants": [{"sku": "A"}], "options": [{"id": "size"}]}, "options"),
        ({"variants": [{"sku": "A"}], "options": [{"id": "x", "values": []}]}, "options.0.values"),
    ],
)
def test_variants_that_cannot_be_are_named(shop: Api, body: dict[str, Any], field: str) -> None:
    item = done(shop.send(ITEMS, SHIRT))["id"]
    answer = shop.send(f"{ITEMS}/{item}/variants", body, method="PUT")
    assert (answer.status_code, answer.json()["field"]) == (422, field), answer.text


@pytest.mark.parametrize(
    ("schema", "field"),
    [
        ({"pattern": "(a+)+$"}, "field_schema"),
        ({"$ref": "https://x.example/"}, "field_schema"),
        ({"type": "no"}, "field_schema.type"),
        ({"maximum": 1e300}, "field_schema"),
        ([], "field_schema"),
    ],
)
def test_a_schema_that_cannot_be_is_named(admin: Api, schema: Any, field: str) -> None:
    body = {"kind": "physical", "field_schema": schema}
    answer = admin.send(f"{CATALOGUE}/item-types/x", body, method="PUT")
    assert (answer.status_code, answer.json()["field"]) == (422, field), answer.text


def test_fields_are_kept_as_they_were_sent(admin: Api) -> None:
    body = {"kind": "physical", "field_schema": {}}
    done(admin.send(f"{CATALOGUE}/item-types/any", body, method="PUT"))
    fields = {"a": [1.5, -0.25, 2**53, None, True, {"é": "x\ny"}], "b": 1e-7, "c": 12345678.0}
    item = done(admin.send(ITEMS, {**SHIRT, "type": "any", "categories": [], "fields": fields}))[
        "id"
    ]
    assert done(admin.get(f"{ITEMS}/{item}"))["fields"] == fields


def test_of_many_who_want_a_sku_one_has_it(shop: Api) -> None:
    """Whoever else writes at the time: 8 clients, each with an item of its own."""
    items = [done(shop.send(ITEMS, SHIRT | {"slug": f"i{n}"}))["id"] for n in range(8)]
    body = SIZES | {"variants": [{"sku": "WANTED", "values": {"size": "m"}}]}

    def take(item: str) -> int:
        return shop.send(f"{ITEMS}/{item}/variants", body, method="PUT").status_code

    with ThreadPoolExecutor(8) as clients:
        codes = sorted(clients.map(take, items))
    assert codes == [200, *[409] * 7]
    owner = done(shop.get(f"{CATALOGUE}/skus/WANTED"))["item"]
    skus = {item: done(shop.get(f"{ITEMS}/{item}"))["skus"] for item in items}
    assert [item for item, each in skus.items() if each] == [owner]


def test_a_member_looks_and_changes_nothing_and_other_orgs_see_nothing(
    service: Served, shop: Api
) -> None:
    item = sell(shop, "linen", "Linen shirt", "LINEN-M")
    member = service.issue(str(shop.org), "member", "bob")
    assert done(member.get(f"{ITEMS}/{item}"))["slug"] == "linen"
    assert member.send(f"{ITEMS}/{item}/archive").status_code == 403
    other = service.new_admin()
    for path in (f"items/{item}", "slugs/linen", "skus/LINEN-M", "categories/shirts"):
        assert other.get(f"{CATALOGUE}/{path}").status_code == 404
    done(other.send(f"{CATALOGUE}/item-types/clothes", TYPE, method="PUT"))
    sell(other, "linen", "Linen shirt", "LINEN-M", categories=[])
