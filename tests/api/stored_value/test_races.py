"""A gift card drained twice: 64 clients at once over HTTP and real PostgreSQL."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

import httpx

from api.container import Endpoints
from api.verification.verify import verify
from tests.api.served import Api, done, served

CLIENTS = 64
CARDS = "/v1/gift-cards"

AtOnce = Callable[[Callable[[int], httpx.Response]], list[httpx.Response]]


def test_64_clients_spend_a_card_once(new_endpoints: Callable[[], Endpoints]) -> None:
    ends = new_endpoints()
    with served(ends) as service, ThreadPoolExecutor(CLIENTS) as threads:
        shop = service.new_admin()

        def at_once(ask: Callable[[int], httpx.Response]) -> list[httpx.Response]:
            return list(threads.map(ask, range(CLIENTS)))

        _five_have_it(shop, at_once)
        _settled_or_released_once(shop, at_once)
        _one_order_and_two_cards(shop, at_once)
        _its_time_is_over(shop, at_once, service.let_pass)
        report = verify(ends)
        assert report.exit_code == 0, report.as_dict()


def _five_have_it(shop: Api, at_once: AtOnce) -> None:
    """A card of 50.00, of which each wants 10.00."""
    one = _issued(shop)
    assert _statuses(at_once(lambda n: _claim(shop, one, n))) == {201: 5, 409: CLIENTS - 5}
    assert _money(shop, one) == ("50.00", "50.00", "0.00")


def _settled_or_released_once(shop: Api, at_once: AtOnce) -> None:
    """Notices are doubled, while others give up and want it back; what one has said holds."""
    one = _issued(shop)
    done(_claim(shop, one, 0))
    ends = ("settle", "release")
    answers = at_once(lambda n: shop.send(f"{one}/claims/o0/{ends[n % 2]}"))
    assert _statuses(answers) == {200: 1, 409: CLIENTS - 1}
    spent = next(n for n, each in enumerate(answers) if each.is_success) % 2 == 0
    assert _money(shop, one)[0] == ("40.00" if spent else "50.00")
    done(_claim(shop, one, 1))
    done(shop.send(f"{one}/claims/o1/settle"))
    back = {"amount": "4.00", "currency": "usd"}
    given = at_once(lambda n: shop.send(f"{one}/claims/o1/give-back", back))
    assert _statuses(given) == {200: 2, 409: CLIENTS - 2}
    assert _money(shop, one)[0] == ("38.00" if spent else "48.00")


def _one_order_and_two_cards(shop: Api, at_once: AtOnce) -> None:
    """It has one claim on each, however often it asks."""
    cards = _issued(shop), _issued(shop)
    answers = at_once(lambda n: _claim(shop, cards[n % 2], 0))
    assert _statuses(answers) == {201: 2, 409: CLIENTS - 2}
    assert [_money(shop, each)[1] for each in cards] == ["10.00", "10.00"]


def _its_time_is_over(shop: Api, at_once: AtOnce, let_pass: Callable[[str, float], None]) -> None:
    """Claims that come with the end of a claim: nobody has what another has."""
    one = _issued(shop)
    done(_claim(shop, one, 99, amount="50.00"))
    let_pass(str(shop.org), 16 * 60)

    def ask(number: int) -> httpx.Response:
        if number % 4 == 0:
            return shop.send(f"{one}/claims/o99/settle")
        return _claim(shop, one, number)

    answers = at_once(ask)
    assert _statuses(answers) == {201: 5, 409: CLIENTS - 5}
    assert _money(shop, one) == ("50.00", "50.00", "0.00")


def _issued(shop: Api) -> str:
    made = done(shop.send(CARDS, {"amount": "50.00", "currency": "usd"}))
    return f"{CARDS}/{made['id']}"


def _claim(shop: Api, one: str, number: int, amount: str = "10.00") -> httpx.Response:
    body = {"order": f"o{number}", "amount": amount, "currency": "usd"}
    return shop.send(f"{one}/claims", body)


def _statuses(answers: list[httpx.Response]) -> Counter[int]:
    return Counter(each.status_code for each in answers)


def _money(shop: Api, one: str) -> tuple[str, str, str]:
    found = done(shop.get(one))
    return found["balance"], found["claimed"], found["available"]
