"""The model of the example: it streams as many words as it is asked for, a line of JSON each."""

from __future__ import annotations

import itertools
from collections.abc import AsyncIterator

import anyio
import anyio.lowlevel
from fastapi import FastAPI
from fastapi.responses import StreamingResponse
from pydantic import BaseModel

WORDS = ("credit", "is", "set", "aside", "before", "a", "word", "is", "said")
app = FastAPI()


class Prompt(BaseModel):
    """What a model is asked."""

    text: str
    max_tokens: int


@app.post("/complete")
async def complete(prompt: Prompt) -> StreamingResponse:
    """Stream an answer; each line is one token."""

    async def lines() -> AsyncIterator[str]:
        for word in itertools.islice(itertools.cycle(WORDS), prompt.max_tokens):
            yield f'{{"token": "{word}"}}\n'
            await anyio.lowlevel.checkpoint()

    return StreamingResponse(lines(), media_type="application/x-ndjson")
