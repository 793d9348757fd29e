"""Redemptions in any order: who has a promotion is whom a list with limits lets have it.

The model is a list of who has it now.
"""

from __future__ import annotations

from hypothesis import given, settings
from hypothesis import strategies as st

from ledger.promotions.promotion_book import promotion_id, restore_promotions
from tests.scenarios.commands import ORG, register
from tests.scenarios.promotion_commands import publish_promotion, redeem, release
from tests.scenarios.promotions.test_promotions import verify
from tests.scenarios.world import World

steps = st.lists(
    st.tuples(
        st.booleans(),
        st.sampled_from(["o1", "o2", "o3", "o4"]),
        st.sampled_from(["ada", "bob"]),
        st.integers(0, 60),
    ),
    max_size=14,
)
limits = st.tuples(st.integers(0, 4), st.integers(1, 3), st.integers(1, 120))


@settings(max_examples=40)
@given(steps, limits)
def test_a_promotion_is_redeemed_as_the_model_says(
    asked: list[tuple[bool, str, str, int]], bounds: tuple[int, int, int]
) -> None:
    in_all, each_customer, budget = bounds
    world = World().given(register())
    world.given(
        publish_promotion(
            key="p",
            currency="usd",
            budget=budget,
            redemptions_max=in_all,
            per_customer_max=each_customer,
        )
    )
    have: dict[str, tuple[str, int]] = {}
    for number, (takes, order, user, amount) in enumerate(asked):
        spent = sum(each for _, each in have.values())
        if takes:
            world.when(redeem(order, key=f"{number}", user=user, amount=amount))
            may = (
                order not in have
                and len(have) < in_all
                and sum(who == user for who, _ in have.values()) < each_customer
                and spent < budget
                and spent + amount <= budget
            )
            if may:
                have[order] = user, amount
        else:
            world.when(release(order, key=f"{number}"))
            may = have.pop(order, None) is not None
        assert bool(world.facts) == may
    name = promotion_id(ORG, "spring")
    now = restore_promotions(world.event_store, [name])[name].current
    assert (now.redeemed, now.spent) == (len(have), sum(each for _, each in have.values()))
    for user in ("ada", "bob"):
        rows = world.event_store.kept_rows("promotion_customers", [(ORG, "spring", user)])
        assert sum(row["redeemed"] for row in rows) == sum(w == user for w, _ in have.values())
    assert verify(world).exit_code == 0
