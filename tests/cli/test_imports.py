"""`tally import` over a real service: what is in a file is in the catalogue, the prices and the
stock, once, however often it is begun and wherever it is killed."""

from __future__ import annotations

import csv
import json
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

from api.container import Endpoints
from api.imports.imported_item import ImportedItem
from api.imports.sender import Sender, Stopped
from api.imports.shopify import SHOPIFY
from tallystick import Client, Unreachable
from tallystick.transport import Call
from tests.api.served import Api, Served, done, served
from tests.command_line import app
from tests.unit.imports.files import DATA, read

ITEMS = "/v1/catalogue/items"


@pytest.fixture(scope="module")
def service(ends: Endpoints) -> Iterator[Served]:
    with served(ends) as running:
        yield running


@pytest.fixture
def admin(service: Served) -> Api:
    return service.new_admin()


Run = Callable[..., dict[str, Any]]


@pytest.fixture
def run(service: Served, admin: Api) -> Run:
    """The command as one admin calls it, which tells what became of a file."""

    def run(platform: str, file: Path, *more: str, exit_code: int = 0) -> dict[str, Any]:
        over = ["--url", service.base_url, "--key", str(admin.secret), "--currency", "eur"]
        line = ["import", platform, str(file), *over, "--json", *more]
        result = CliRunner().invoke(app, line)
        assert result.exit_code == exit_code, result.output
        return dict(json.loads(result.stdout))

    return run


def shop(admin: Api) -> dict[str, Any]:
    """All that an org sells: items by slug, prices and stock by SKU."""
    items = [
        done(admin.get(f"{ITEMS}/{each['id']}")) | {"id": ""}
        for each in done(admin.get(ITEMS))["data"]
    ]
    prices = done(admin.get("/v1/prices"))["data"]
    stock = done(admin.get("/v1/stock"))["data"]
    return {
        "items": {each["slug"]: each for each in items},
        "prices": {each["sku"]: [each["version"], *each["prices"]] for each in prices},
        "stock": {each["sku"]: each for each in stock},
    }


def test_a_file_of_shopify_is_taken_once(
    service: Served, admin: Api, run: Run, tmp_path: Path
) -> None:
    rejects = tmp_path / "rejects.csv"
    report = run("shopify", DATA / "shopify_older.csv", "--not-taken", str(rejects), exit_code=1)
    assert report["items"] == {"taken": 3, "there_already": 0, "not_taken": 1}
    found = shop(admin)
    assert {slug: each["state"] for slug, each in found["items"].items()} == {
        "harbour-jumper": "published",
        "tin-mug": "published",
        "old-scarf": "draft",
    }
    assert found["prices"]["JUMPER-L-NAVY"][1]["amount"] == "82.50"
    stock = found["stock"].items()
    levels = {sku: (each["on_hand"], each["allow_oversell"]) for sku, each in stock}
    assert levels["harbour-jumper-small-navy"] == (7, False)
    assert levels["JUMPER-L-NAVY"] == (0, True)
    assert levels["tin-mug"] == (12, True)
    bought = {"currency": "eur", "lines": [{"sku": "JUMPER-L-NAVY", "units": 2}]}
    assert done(admin.send("/v1/orders/quote", bought, key=None))["total"] == "165.00"
    with rejects.open(encoding="utf-8-sig", newline="") as file:
        [row] = csv.DictReader(file)
    assert (row["line"], row["Handle"]) == ("11", "voucher-50")
    before = service.events()
    again = run("shopify", DATA / "shopify_older.csv", exit_code=1)
    assert again["items"] == {"taken": 1, "there_already": 2, "not_taken": 1}  # the draft
    assert (service.events(), shop(admin)) == (before, found)


def test_a_mended_file_brings_what_was_missing(run: Run, admin: Api, tmp_path: Path) -> None:
    text = (DATA / "woocommerce.csv").read_text("utf-8")
    first = run("woocommerce", DATA / "woocommerce.csv", exit_code=1)
    assert first["items"] == {"taken": 3, "there_already": 0, "not_taken": 4}
    mended = tmp_path / "mended.csv"
    mended.write_text(text.replace('"1,234"', "1234"), "utf-8")
    second = run("woocommerce", mended, exit_code=1)
    assert second["items"] == {"taken": 2, "there_already": 2, "not_taken": 3}
    found = shop(admin)
    assert found["prices"]["bowl"][1]["amount"] == "1234.00"
    assert found["stock"]["tee-red"]["on_hand"] == 4


def test_items_of_others_are_left_alone(run: Run, admin: Api, tmp_path: Path) -> None:
    run("csv", DATA / "own.csv")
    file = tmp_path / "file.csv"
    file.write_text("slug,title,sku,price\nlamp,Other,OTHER,1\nnew,New,LAMP-W,1\n", "utf-8")
    before = shop(admin)
    report = run("csv", file, exit_code=1)
    assert report["items"] == {"taken": 0, "there_already": 0, "not_taken": 2}
    after = shop(admin)
    assert after["items"].pop("new")["state"] == "draft"
    assert after == before


def test_customers_are_payers_once_and_for_all(service: Served, admin: Api, run: Run) -> None:
    file = DATA / "shopify_customers.csv"
    taken = {"taken": 2, "there_already": 0, "not_taken": 3}
    assert run("shopify", file, exit_code=1)["customers"] == taken
    known = done(admin.get("/v1/billing/payer-details", user="7002"))
    assert (known["name"], known["country"], known["city"]) == ("Hafen GmbH", "DE", "Hamburg")
    before = service.events()
    again = run("shopify", file, exit_code=1)["customers"]
    assert again == {"taken": 0, "there_already": 2, "not_taken": 3}
    assert service.events() == before


def test_what_is_killed_anywhere_goes_on(service: Served) -> None:
    """Each call in turn is the last: killed before it is done, begun again, killed after it was
    done, begun again."""
    [item] = read(DATA / "shopify_older.csv", SHOPIFY)[0][:1]
    expected = None
    for calls in range(40):
        admin = service.new_admin()
        with closing(Mortal(service.base_url, str(admin.secret))) as client:
            was_killed = client.lives(calls, item, is_done=False)
            client.lives(calls, item, is_done=True)
            assert not client.lives(1_000, item, is_done=True)
        found = shop(admin)
        expected = expected or found
        assert found == expected, calls
        assert found["stock"]["harbour-jumper-small-navy"]["on_hand"] == 7
        if not was_killed:
            return
    pytest.fail("it never came to its end")


class Mortal(Client):
    """A client whose process ends at a call."""

    left = 0
    is_done = False

    def lives(self, calls: int, item: ImportedItem, *, is_done: bool) -> bool:
        """Send an item with so many calls, the last of which is done or not; tell whether they
        were too few."""
        self.left, self.is_done = calls, is_done
        try:
            Sender(self, "main").send(item)
        except Stopped:
            return True
        return False

    def _send(self, call: Call[Any]) -> Any:
        self.left -= 1
        if self.left < 0 and self.is_done:
            super()._send(call)
        if self.left < 0:
            raise Unreachable("killed")
        return super()._send(call)


def test_what_cannot_be_begun_is_one_sentence(service: Served, admin: Api, tmp_path: Path) -> None:
    def said(*line: str) -> str:
        result = CliRunner().invoke(app, ["import", *line, "--currency", "eur"])
        assert result.exit_code == 2, result.output
        return result.output

    file = str(DATA / "shopify.csv")
    orders = tmp_path / "orders.csv"
    orders.write_text("Name,Email,Financial Status\n#1001,a@b.c,paid\n", "utf-8")
    over = ("--url", service.base_url, "--key", str(admin.secret))
    assert "export of orders" in said("shopify", str(orders), *over)
    assert "unauthenticated" in said("shopify", file, "--url", service.base_url, "--key", "wrong")
    assert "API key" in said("shopify", file)
    assert "127.0.0.1:1" in said("shopify", file, "--url", "http://127.0.0.1:1", "--key", "k")
    assert "another file" in said("shopify", file, *over, "--not-taken", file)
    assert done(admin.get(ITEMS))["data"] == []
    dry = CliRunner().invoke(app, ["import", "shopify", file, "--currency", "eur", "--dry-run"])
    assert (dry.exit_code, "1 items can be taken" in dry.output) == (0, True), dry.output


def test_orders_are_recorded_once_and_nothing_else(service: Served, admin: Api, run: Run) -> None:
    before = service.events(str(admin.org))
    for platform, taken in (("shopify", 4), ("woocommerce", 2)):
        file = DATA / f"{platform}_orders.csv"
        report = run(platform, file, exit_code=1)
        assert report["orders"] == {"taken": taken, "there_already": 0, "not_taken": 1}
        again = run(platform, file, exit_code=1)
        assert again["orders"] == {"taken": 0, "there_already": taken, "not_taken": 1}
    listed = done(admin.get("/v1/orders"))["data"]
    assert [(each["number"], each["total"]) for each in listed] == [
        ("1005", "194938"),
        ("72", "5.00"),
        ("71", "37.84"),
        ("#1004", "20.00"),
        ("#1002", "10.80"),
        ("#1001", "58.00"),
    ]
    assert service.events(str(admin.org)) == before + 6
