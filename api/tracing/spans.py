"""The spans of this process, and where they are sent. Imported only where traces are asked for.

A request is one trace, whose id is made of the request's id: so every process finds it without
being told, and nothing crosses between them that would not cross anyway.
"""

from __future__ import annotations

import hashlib
import os
import secrets
import sys
from typing import NamedTuple

from opentelemetry import trace
from opentelemetry.context import Context
from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter
from opentelemetry.sdk.resources import Resource
from opentelemetry.sdk.trace import TracerProvider
from opentelemetry.sdk.trace.export import BatchSpanProcessor
from opentelemetry.sdk.trace.id_generator import IdGenerator
from opentelemetry.sdk.trace.sampling import TraceIdRatioBased

from api.settings import Traces

SCOPE = "tallystick"


class Ids(NamedTuple):
    """The trace of a request, and the span that all others of it are below."""

    trace: int
    span: int


def ids_of(request: str) -> Ids:
    """Return the ids that a request's id makes."""
    digest = hashlib.sha256(request.encode()).digest()
    return Ids(int.from_bytes(digest[:16]) or 1, int.from_bytes(digest[16:24]) or 1)


def below(request: str) -> Context:
    """Return the context of what is done for a request, in whatever process."""
    ids = ids_of(request)
    parent = trace.SpanContext(
        ids.trace, ids.span, is_remote=True, trace_flags=trace.TraceFlags(trace.TraceFlags.SAMPLED)
    )
    return trace.set_span_in_context(trace.NonRecordingSpan(parent))


class Spans:
    """Makes the spans of one process."""

    def __init__(self, wanted: Traces, process: str) -> None:
        self._made = _MadeIds()
        resource = Resource.create(
            {"service.name": "tallystick", "tally.process": process, "process.pid": os.getpid()}
        )
        provider = TracerProvider(
            sampler=TraceIdRatioBased(wanted.ratio), id_generator=self._made, resource=resource
        )
        exporter = OTLPSpanExporter(endpoint=wanted.url)
        provider.add_span_processor(BatchSpanProcessor(exporter))
        self.tracer = provider.get_tracer(SCOPE)
        self.end = provider.shutdown

    def begin_request(self, request: str, name: str) -> trace.Span:
        """Begin the span that is first of a request. Used by one thread, the loop's."""
        self._made.next = ids_of(request)
        try:
            return self.tracer.start_span(name, Context(), kind=trace.SpanKind.SERVER)
        finally:
            self._made.next = None

    def tell(self, request: str, name: str, began_ns: int, ended_ns: int, group: int) -> None:
        """Tell of what was done for a request, when it is over."""
        span = self.tracer.start_span(
            name, below(request), start_time=began_ns, attributes={"tally.group": group}
        )
        span.end(ended_ns)


class _MadeIds(IdGenerator):  # type: ignore[misc]  # of an extra
    """Random ids, or those of a request for its first span."""

    def __init__(self) -> None:
        self.next: Ids | None = None

    def generate_span_id(self) -> int:
        return self.next.span if self.next else secrets.randbits(64) or sys.maxsize

    def generate_trace_id(self) -> int:
        return self.next.trace if self.next else secrets.randbits(128) or sys.maxsize
