"""Plans are published by an org, or by the platform for all orgs that have none of their own."""

from __future__ import annotations

from ledger.kernel.errors import Invalid, KeyReused, NotFound
from ledger.kernel.limits import PLANS_MAX
from ledger.subscriptions.plan_book import PlanBook
from tests.scenarios.commands import ORG
from tests.scenarios.subscription_commands import publish_plan
from tests.scenarios.world import World


def test_each_version_of_the_plans_has_a_number(world: World) -> None:
    world.when(
        publish_plan(key="1", org=ORG),
        publish_plan(price=2_000, key="2", org=ORG),
        publish_plan("other", key="3", org=ORG),
    )
    world.then_recorded("PlanBookOpened", *["PlanPublished"] * 3)
    facts = [each for each in world.facts if isinstance(each, PlanBook.PlanPublished)]
    assert [each.plan_version for each in facts] == [1, 2, 3]


def test_the_platform_publishes_for_all(world: World) -> None:
    world.when(publish_plan(key="1")).then_recorded("PlanBookOpened", "PlanPublished")


def test_twins_publish_once_and_other_content_is_refused(world: World) -> None:
    world.when_together(*[publish_plan(key="1", org=ORG)] * 3)
    world.then_recorded("PlanBookOpened", "PlanPublished")
    world.when(publish_plan(price=7, key="1", org=ORG)).then_refused(KeyReused)


def test_what_cannot_be_a_plan_leaves_nothing(world: World) -> None:
    world.when(publish_plan(price=-1, key="1", org=ORG)).then_refused(Invalid, field="price")
    world.then_nothing_recorded()
    world.when(publish_plan(key="1", org="nobody")).then_refused(NotFound)


def test_an_org_has_so_many_plans_and_may_publish_each_again(world: World) -> None:
    world.given(*[publish_plan(f"p{n}", key=f"{n}", org=ORG) for n in range(PLANS_MAX)])
    world.when(publish_plan("more", key="more", org=ORG)).then_refused(Invalid, field="id")
    world.when(publish_plan("p7", 7, key="again", org=ORG)).then_recorded("PlanPublished")
