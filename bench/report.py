"""Answers as tables and as JSON, and the command line that every question shares."""

from __future__ import annotations

import argparse
import json
import os
import platform
import statistics
import time
from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path

from rich.console import Console
from rich.table import Table
from rich.text import Text

from bench.answer import PERCENTILES, Answer
from bench.question import Question
from bench.session import Scale, Session

RESULTS = Path(__file__).parent / "results"
WIDTH = 180
_STYLES = {"aim": "green", "must": "yellow", "missed": "red", "": ""}


def main(*questions: Question) -> None:
    """Ask questions: print each answer as it comes, all of them at the end, and keep them."""
    arguments = _arguments(questions)
    console = terminal()
    scale = Scale(
        arguments.runs, arguments.scale, arguments.long, arguments.workers, arguments.writers
    )
    everything: list[Answer] = []
    started = time.monotonic()
    try:
        with Session(scale) as session:
            for question in questions:
                asked = time.monotonic()
                with console.status(f"{question.asks} (about {question.budget_s} s at full size)"):
                    answers = list(question.answer(session))
                _keep(question, scale, answers, time.monotonic() - asked)
                everything += answers
                console.print(f"{question.asks}: {time.monotonic() - asked:.0f} s")
    finally:  # what was answered before one failed took minutes
        print_answers(everything, console)
    console.print(f"{scale.runs} runs each, in {time.monotonic() - started:.0f} s. {_sized(scale)}")


def terminal() -> Console:
    """Tables as wide as they are, where there is no terminal to fit."""
    console = Console()
    return console if console.is_terminal else Console(width=WIDTH)


def _arguments(questions: Sequence[Question]) -> argparse.Namespace:
    asked = "\n".join(f"{each.name:16}{each.asks}" for each in questions)
    parser = argparse.ArgumentParser(
        description=asked, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--runs", type=int, default=5, help="runs that count (5)")
    parser.add_argument("--scale", type=float, default=1.0, help="size of everything; 1 is full")
    parser.add_argument("--long", action="store_true", help="growth up to 10 million events")
    parser.add_argument("--workers", type=int, default=1, help="processes that serve HTTP (1)")
    parser.add_argument("--writers", type=int, default=1, help="processes that record (1)")
    return parser.parse_args()


def _sized(scale: Scale) -> str:
    full = scale.size == 1
    return "" if full else f"At {scale.size:g} of full size: figures show only that it works."


def print_answers(answers: Sequence[Answer], console: Console) -> None:
    """What was measured against its target, then beside its limits with the CPU it took."""
    console.print(_figures(answers))
    limited = [each for each in answers if each.limits or each.cores]
    if limited:
        console.print(_limits(limited))


def _figures(answers: Sequence[Answer]) -> Table:
    table = Table("work", title="Median of the runs against the target; latencies in ms")
    for name in ("median", "lowest", "highest", "unit", "must", "aim", "met"):
        table.add_column(name, justify="left" if name in ("unit", "met") else "right")
    for percent in PERCENTILES:
        table.add_column(f"p{percent:g}", justify="right")
    for each in answers:
        sign = "≤ " if each.target and each.target.at_most else ""
        table.add_row(
            each.work,
            number(each.median),
            number(min(each.figures)),
            number(max(each.figures)),
            each.unit,
            sign + number(each.target.must) if each.target else "",
            sign + number(each.target.aim) if each.target and each.target.aim else "",
            Text(each.verdict, style=_STYLES[each.verdict]),
            *(_maybe(each.latency_ms.get(percent)) for percent in PERCENTILES),
        )
    return table


def _limits(answers: Sequence[Answer]) -> Table:
    table = Table("work", title="Limits of the same session, and busy cores by process")
    table.add_column("limit")
    for name in ("its median", "ratio"):
        table.add_column(name, justify="right")
    table.add_column("cores")
    table.add_column("generator µs/request", justify="right")
    for each in answers:
        medians = [statistics.median(limit) for limit in each.limits.values()]
        table.add_row(
            each.work,
            "\n".join(each.limits),
            "\n".join(map(number, medians)),
            "\n".join(f"{each.ratio(name):.2f}" for name in each.limits),
            "\n".join(f"{name} {cores:.2f}" for name, cores in each.cores.items() if cores > 0.005),
            _maybe(each.request_us),
        )
    return table


def number(figure: float) -> str:
    """Readable at any size."""
    if abs(figure) >= 100:
        return f"{figure:,.0f}"
    return f"{figure:.2f}" if abs(figure) < 10 else f"{figure:.1f}"


def _maybe(figure: float | None) -> str:
    return "" if figure is None else number(figure)


def _keep(question: Question, scale: Scale, answers: Sequence[Answer], seconds: float) -> None:
    RESULTS.mkdir(parents=True, exist_ok=True)
    kept = {
        "question": question.asks,
        "at": time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime()),
        "seconds": round(seconds, 1),
        "runs": scale.runs,
        "size": scale.size,
        "long": scale.long,
        "workers": scale.workers,
        "writers": scale.writers,
        "cores": os.cpu_count(),
        "python": platform.python_version(),
        "answers": [asdict(each) | _derived(each) for each in answers],
    }
    path = RESULTS / f"{question.name}.json"
    path.write_text(json.dumps(kept, indent=1) + "\n")


def _derived(answer: Answer) -> dict[str, object]:
    return {
        "median": answer.median,
        "verdict": answer.verdict,
        "ratios": {name: answer.ratio(name) for name in answer.limits},
    }
