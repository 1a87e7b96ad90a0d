"""Prometheus metrics of a server, summed over its workers."""

from __future__ import annotations

import os
from functools import cache

from prometheus_client import (
    CollectorRegistry,
    Counter,
    Gauge,
    Histogram,
    PlatformCollector,
    ProcessCollector,
    disable_created_metrics,
    generate_latest,
)
from prometheus_client.multiprocess import MultiProcessCollector

# The environment variable is read when prometheus_client is imported: before a worker starts.
MULTIPROCESS_FOLDER = "PROMETHEUS_MULTIPROC_DIR"


class Metrics:
    """The metrics. Labels have few values; none is text from a request."""

    def __init__(self) -> None:
        disable_created_metrics()  # type: ignore[no-untyped-call]  # prometheus_client is untyped
        self._registry = CollectorRegistry()
        self._ended = Counter(
            "api_requests",
            "Requests that have ended, with success or an error.",
            ("transport", "method", "code"),
            registry=self._registry,
        )
        self._seconds = Histogram(
            "api_request_duration_seconds",
            "Duration of requests.",
            ("transport", "method"),
            registry=self._registry,
        )
        self._in_flight = Gauge(
            "api_requests_in_flight",
            "Requests in progress.",
            ("transport",),
            registry=self._registry,
            multiprocess_mode="livesum",
        )
        # Finding a metric by its labels is slow, and each request needs four.
        self._ended_of = cache(self._ended.labels)
        self._seconds_of = cache(self._seconds.labels)
        self._in_flight_of = cache(self._in_flight.labels)
        if folder := os.environ.get(MULTIPROCESS_FOLDER):
            self._registry = CollectorRegistry()
            MultiProcessCollector(self._registry, folder)  # type: ignore[no-untyped-call]  # prometheus_client is untyped
        else:
            ProcessCollector(registry=self._registry)
            PlatformCollector(registry=self._registry)

    def begin(self, transport: str) -> None:
        """Count the start of a request."""
        self._in_flight_of(transport).inc()

    def end(self, transport: str, method: str, code: str, seconds: float) -> None:
        """Count the end of a request."""
        self._in_flight_of(transport).dec()
        self._ended_of(transport, method, code).inc()
        self._seconds_of(transport, method).observe(seconds)

    def text(self) -> bytes:
        """Return all metrics in the text format of Prometheus."""
        return generate_latest(self._registry)
