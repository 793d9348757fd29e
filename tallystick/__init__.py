"""Tallystick's client: what a gateway needs to speak with a ledger, and nothing of the ledger."""

from tallystick import problems, values
from tallystick.client import AsyncClient, Client
from tallystick.problem import NotAProblem, Problem, TallystickError, Unreachable
from tallystick.recorder import UsageRecorder
from tallystick.retries import Retries
from tallystick.values import UsageLine

__all__ = [
    "AsyncClient",
    "Client",
    "NotAProblem",
    "Problem",
    "Retries",
    "TallystickError",
    "Unreachable",
    "UsageLine",
    "UsageRecorder",
    "problems",
    "values",
]
