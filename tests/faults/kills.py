"""Faults of ends: kill -9 of a process of the service, or of an engine."""

from __future__ import annotations

import random
from contextlib import suppress

import httpx
import psutil

from api.demo.service import ServiceError
from tests.faults.campaign import Run
from tests.faults.world import World

ENGINES = ("postgres", "clickhouse", "nats")
CHILDREN = {
    "writer": "api.writer",
    "worker": "api.worker",
    "projector": "project",
    "sealer": "seal",
    "jobs": "jobs",
}
"""What each child of the service is known by on its command line."""


def kill(world: World, victim: str, draw: random.Random) -> None:
    """End one process without a word; whoever keeps it starts it again."""
    if victim == "service":
        world.end_service()
        world.start_service()
    elif victim == "sandbox":
        world.kill_sandbox()
    elif victim in ENGINES:
        world.kill_engine(victim)
    elif processes := world.processes(CHILDREN[victim]):
        with suppress(psutil.NoSuchProcess):
            draw.choice(processes).kill()


def move_one(run: Run, shards: int) -> bool:
    """Have an org live in another shard; False while a process is just being started again."""
    org, shard = run.draw.choice(run.load.orgs), run.draw.randint(1, shards)
    with run.world.operator() as service, suppress(ServiceError, httpx.HTTPError):
        service.call("POST", f"/v1/orgs/{org}/move", {"shard": shard}, patience_s=0)
        return True
    return False
