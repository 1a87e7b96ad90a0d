"""Figures of a server for Prometheus, summed over its workers."""

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

# prometheus_client looks for it when it is imported: workers have it from their start.
SHARED = "PROMETHEUS_MULTIPROC_DIR"


class Metrics:
    """The figures; each label has few values, none of them from the text of a request."""

    def __init__(self) -> None:
        disable_created_metrics()  # type: ignore[no-untyped-call]  # theirs
        self._registry = CollectorRegistry()
        self._ended = Counter(
            "api_requests",
            "Requests that were answered, refused or given up.",
            ("door", "method", "code"),
            registry=self._registry,
        )
        self._seconds = Histogram(
            "api_request_duration_seconds",
            "How long requests took.",
            ("door", "method"),
            registry=self._registry,
        )
        self._in_flight = Gauge(
            "api_requests_in_flight",
            "Requests that are being answered.",
            ("door",),
            registry=self._registry,
            multiprocess_mode="livesum",
        )
        # A figure is found by its labels once: each call asks for four.
        self._ended_of = cache(self._ended.labels)
        self._seconds_of = cache(self._seconds.labels)
        self._in_flight_of = cache(self._in_flight.labels)
        if folder := os.environ.get(SHARED):
            self._registry = CollectorRegistry()
            MultiProcessCollector(self._registry, folder)  # type: ignore[no-untyped-call]  # theirs
        else:
            ProcessCollector(registry=self._registry)
            PlatformCollector(registry=self._registry)

    def begin(self, door: str) -> None:
        """Count a request that begins."""
        self._in_flight_of(door).inc()

    def end(self, door: str, method: str, code: str, seconds: float) -> None:
        """Count a request that ends."""
        self._in_flight_of(door).dec()
        self._ended_of(door, method, code).inc()
        self._seconds_of(door, method).observe(seconds)

    def text(self) -> bytes:
        """All of them, as Prometheus reads them."""
        return generate_latest(self._registry)
