"""Balances of many who ask at once: each sees its own, and what it has done before."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

import httpx

from tests.api.served import Api, Served, done

USERS = ("ada", "bob", "eve", "joe")
ROUNDS = 12
BALANCE = "/v1/billing/balance"


def test_who_reads_after_an_answer_sees_it_and_nobody_else_s(service: Served) -> None:
    """Users of the same ids in three orgs spend and read at once; each knows what must be left."""
    admins = [service.new_admin() for _ in range(3)]
    granted = {admin: 1000 * (n + 1) for n, admin in enumerate(admins)}

    def spend(admin: Api, user: str) -> None:
        left = granted[admin] + USERS.index(user)
        admin.deposit(user, str(left))
        for _ in range(ROUNDS):
            line = done(admin.use(user, "1"))
            left -= 1
            balance = done(admin.get(BALANCE, user=user))
            assert (balance["user"], balance["available"]) == (user, str(left))
            assert balance["as_of_sequence"] >= line["sequence"]
            (every,) = done(admin.get(f"{BALANCE}/all", user=user))["data"]
            assert every["available"] == str(left)

    with ThreadPoolExecutor(len(admins) * len(USERS)) as pool:
        for each in [pool.submit(spend, admin, user) for admin in admins for user in USERS]:
            each.result()


def test_a_hundred_questions_at_once_are_each_answered_with_what_was_asked(service: Served) -> None:
    admins = [service.new_admin() for _ in range(2)]
    for n, admin in enumerate(admins):
        admin.deposit("ada", str(10 + n))
        admin.deposit("ada", "7", asset="usd")

    def ask(n: int) -> tuple[int, httpx.Response]:
        admin = admins[n % 2]
        if n % 5 == 0:
            return n, admin.get(BALANCE, user=f"nobody{n}")
        if n % 3 == 0:
            return n, admin.get(BALANCE, user="ada", asset="usd")
        return n, admin.get(BALANCE, user="ada")

    with ThreadPoolExecutor(32) as pool:
        for n, answer in pool.map(ask, range(100)):
            balance = done(answer)
            asset = "usd" if n % 5 and n % 3 == 0 else "credit"
            left = "0" if n % 5 == 0 else "7.00" if asset == "usd" else str(10 + n % 2)
            assert (balance["asset"], balance["available"]) == (asset, left)
