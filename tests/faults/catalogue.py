"""Catalogue: every fault there is, but those that need disks of their own."""

from __future__ import annotations

from tests.faults import connections, messages, processes, services, versions
from tests.faults.campaign import Fault

FAULTS: list[Fault] = [
    connections.cut_in_a_commit,
    connections.writer_killed_in_a_commit,
    connections.all_connections_cut,
    connections.postgresql_killed_in_a_commit,
    connections.slow_disk,
    processes.writer_stopped,
    processes.service_stopped,
    processes.backend_stopped,
    processes.postgresql_stopped,
    processes.clock_set_back_and_forth,
    messages.messages_doubled_and_reordered,
    messages.requests_doubled,
    messages.many_on_one_wallet,
    processes.writer_killed_at_each_step,
    services.second_service,
    versions.newer_service_beside,
]
OF_TWO_SERVICES = (services.second_service, versions.newer_service_beside)
"""A service more takes as long to start as all others take."""

OF_POSTGRESQL = (
    connections.cut_in_a_commit,
    connections.all_connections_cut,
    connections.postgresql_killed_in_a_commit,
    processes.postgresql_stopped,
)
"""After these the service answers within two seconds of PostgreSQL's return; after others a process
of ours begins anew first."""

PLANTS = ("clock_that_is_set", "crash_at_a_step", "messages_twice_and_in_another_order")
"""What the processes begin with."""

SHORT = (*PLANTS, "short_deadlines", "missed_within_seconds", "placed_within_seconds")
