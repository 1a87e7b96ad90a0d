"""Figures of a server for Prometheus, summed over its workers."""

from __future__ import annotations

import os

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
        if folder := os.environ.get(SHARED):
            self._registry = CollectorRegistry()
            MultiProcessCollector(self._registry, folder)  # type: ignore[no-untyped-call]  # theirs
        else:
            ProcessCollector(registry=self._registry)
            PlatformCollector(registry=self._registry)

    def begin(self, door: str) -> None:
        """Count a request that begins."""
        self._in_flight.labels(door).inc()

    def end(self, door: str, method: str, code: str, seconds: float) -> None:
        """Count a request that ends."""
        self._in_flight.labels(door).dec()
        self._ended.labels(door, method, code).inc()
        self._seconds.labels(door, method).observe(seconds)

    def text(self) -> bytes:
        """All of them, as Prometheus reads them."""
        return generate_latest(self._registry)
