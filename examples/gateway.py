"""The gateway of the example: meters a model's streamed answer, word by word.

Before the model is asked, credit is set aside for the longest answer: who cannot pay is told 402
before anything is spent. While the answer streams, what was used is counted. At the end of the
answer that is captured and the rest goes back, also when the model fails, and when the caller hangs
up in the middle. Run it beside a ledger:

    LEDGER_URL=http://127.0.0.1:8080 LEDGER_KEY=... MODEL_URL=http://127.0.0.1:8090 \\
        uvicorn --factory examples.gateway:from_environment
"""

from __future__ import annotations

import os
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager

import httpx
from fastapi import FastAPI, HTTPException
from fastapi.responses import StreamingResponse
from pydantic import BaseModel
from starlette.types import Receive, Scope, Send

from tallystick import AsyncClient, problems
from tallystick.holding import Work


class Question(BaseModel):
    """What a user asks."""

    user: str
    text: str
    max_tokens: int = 1000


class MeteredStream(StreamingResponse):
    """A streamed answer that ends its hold, however it ends."""

    def __init__(self, lines: AsyncIterator[bytes], ending: AsyncExitStack) -> None:
        super().__init__(lines, media_type="application/x-ndjson")
        self._ending = ending

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        async with self._ending:
            await super().__call__(scope, receive, send)


def gateway(ledger_url: str, ledger_key: str, model_url: str) -> FastAPI:
    """Return the gateway between its users, a ledger and a model."""

    @asynccontextmanager
    async def lifespan(app: FastAPI) -> AsyncIterator[None]:
        async with (
            AsyncClient(ledger_url, ledger_key) as app.state.ledger,
            httpx.AsyncClient(base_url=model_url) as app.state.model,
        ):
            yield

    app = FastAPI(lifespan=lifespan)

    @app.post("/chat")
    async def chat(question: Question) -> MeteredStream:
        ledger: AsyncClient = app.state.ledger
        input_tokens = len(question.text.split())
        async with AsyncExitStack() as stack:
            try:
                work = await stack.enter_async_context(
                    ledger.holding(
                        user=question.user,
                        model="large",
                        input_tokens=input_tokens,
                        max_output_tokens=question.max_tokens,
                        on_error="capture",  # what was said was said
                    )
                )
            except problems.InsufficientCredits as problem:
                raise HTTPException(402, f"{problem.missing} credits are missing") from problem
            body = {"text": question.text, "max_tokens": question.max_tokens}
            asked = app.state.model.stream("POST", "/complete", json=body)
            answer: httpx.Response = await stack.enter_async_context(asked)
            answer.raise_for_status()
            return MeteredStream(_counted(answer, work, input_tokens), stack.pop_all())

    return app


async def _counted(answer: httpx.Response, work: Work, input_tokens: int) -> AsyncIterator[bytes]:
    """Yield the lines of an answer, and say of each that it was used before it leaves."""
    output_tokens = 0
    work.used(input_tokens=input_tokens)
    async for line in answer.aiter_lines():
        output_tokens += 1
        work.used(input_tokens=input_tokens, output_tokens=output_tokens)
        yield line.encode() + b"\n"


def from_environment() -> FastAPI:
    """Return the gateway that the environment describes."""
    return gateway(os.environ["LEDGER_URL"], os.environ["LEDGER_KEY"], os.environ["MODEL_URL"])
