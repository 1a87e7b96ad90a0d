"""Calls the read-only operations of an API: each one, then its listed values, then more of it.

Lists come first, because their answers have the identifiers that other operations need.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import islice
from urllib.parse import urlsplit

from apiscribe.drift.change import NotCompared
from apiscribe.drift.declarations import Declarations
from apiscribe.drift.probe.client import Client
from apiscribe.drift.probe.values import Query, Values
from apiscribe.drift.traffic.exchange import Exchange, origin_of
from apiscribe.drift.traffic.left_out import listed
from apiscribe.drift.traffic.operations import Operation, Operations
from apiscribe.drift.traffic.origins import Origins
from apiscribe.model.version import ApiVersion
from apiscribe.workspace.local_http import Deadline, is_loopback

_SAFE = ("GET", "HEAD")
_DEADLINE = 60.0  # seconds for all requests

# So many resources of an operation are read.
_MAX_RESOURCES = 3

# So many operations are called at each documented prefix, to find the one that the server has.
_MAX_TRIES = 3
_NOT_FOUND = 404
_NO_ACCESS = (401, 403)


class ProbeError(Exception):
    """A server cannot be probed; the text has the reason, and a suggestion."""


@dataclass(frozen=True)
class Probe:
    """The answers of a probed server: traffic with a known address. `notes` is what was not called,
    and why.
    """

    name: str
    folder: str
    answers: tuple[Exchange, ...]
    origins: Origins
    notes: tuple[NotCompared, ...]

    def exchanges(self) -> Iterator[Exchange]:
        """Yield the requests with their answers, in order."""
        yield from self.answers


def probe(
    old: ApiVersion, address: str, budget: int, headers: Sequence[tuple[str, str]] = ()
) -> Probe:
    """Call the read-only operations of a version at an address, with at most `budget` requests.
    Raise ProbeError.
    """
    url = urlsplit(address)
    if url.scheme not in ("http", "https"):
        raise ProbeError(
            f"{address} is not an HTTP address, and --probe sends GET and HEAD requests; pass"
            " http://HOST:PORT"
        )
    if not is_loopback(url.hostname or ""):
        raise ProbeError(
            f"{address} is on another machine, and only this machine is probed; forward a port of"
            " it, or record traffic and pass the recording"
        )
    operations = Operations(old.api)
    safe = [operation for operation in operations.all if operation.route.verb in _SAFE]
    if not safe:
        raise ProbeError(f"{old.name} has no operation with GET or HEAD, and no other is called")
    deadline = _deadline()
    with deadline:
        client = Client(origin_of(url), headers, budget, deadline)
        prober = _Prober(operations, Declarations(old), client, url.path.rstrip("/"))
        prober.run(sorted(safe, key=lambda o: len(o.template.parameters)))
    _check(client, address)
    return Probe(
        name=address,
        folder="",
        answers=tuple(client.exchanges),
        origins=Origins({origin_of(url): (prober.prefix,)}),
        notes=tuple(prober.notes(safe, budget)),
    )


def _deadline() -> Deadline:
    return Deadline(_DEADLINE)


def _check(client: Client, address: str) -> None:
    """Raise ProbeError if the answers show nothing of the API."""
    statuses = {exchange.status for exchange in client.exchanges}
    if statuses <= {0}:
        raise ProbeError(
            f"no server answers at {address}: {client.failure}; start the server, or correct the"
            " port"
        )
    if statuses <= {0, *_NO_ACCESS}:
        status = min(statuses - {0})
        raise ProbeError(
            f"{address} answers {status} to all requests; pass what it requires, such as"
            " --header 'Authorization: Bearer …'"
        )
    if statuses <= {0, _NOT_FOUND}:
        raise ProbeError(
            f"{address} answers 404 to all requests; pass the address with the path before those of"
            f" the API, such as {address.rstrip('/')}/api"
        )


class _Prober:
    """Sends the requests; `prefix` is the path before those of the API."""

    def __init__(
        self, operations: Operations, declarations: Declarations, client: Client, path: str
    ) -> None:
        self.prefix = path
        self._client, self._operations = client, operations
        self._values = Values(operations, declarations)
        self._called: set[str] = set()
        self._is_cut = False

    def run(self, safe: Sequence[Operation]) -> None:
        """Call the operations, from the fewest parameters to the most."""
        self._find_prefix([one for one in safe if not one.template.parameters])
        for operation in safe:
            if operation.text not in self._called:
                self._call_first(operation)
        for operation in safe:
            if operation.text in self._called:
                path = next(self._values.paths(operation))
                for query in self._values.variants(operation):
                    self._call(operation, path, query)
        for operation in safe:
            if operation.template.parameters and operation.text in self._called:
                for path in islice(self._values.paths(operation), 1, _MAX_RESOURCES):
                    self._call(operation, path, self._values.required(operation))

    def notes(self, safe: Sequence[Operation], budget: int) -> Iterator[NotCompared]:
        """Yield the operations that were not called, with the reasons."""
        names = {operation.text for operation in self._operations.all}
        if others := names - {operation.text for operation in safe}:
            reason = f"{len(others)} of {len(names)}: a probe sends only GET and HEAD"
            yield NotCompared(fact="operations that can change data", reason=reason)
        lacking = [f"{o.text} ({name})" for o in safe if (name := self._values.missing(o))]
        if lacking:
            reason = f"{len(lacking)}: {listed(lacking)}"
            yield NotCompared(fact="operations without a value for a parameter", reason=reason)
        if self._is_cut:
            reason = f"{budget} requests in at most {_DEADLINE:g} seconds are the budget"
            yield NotCompared(fact="requests beyond the budget", reason=reason)

    def _find_prefix(self, operations: Sequence[Operation]) -> None:
        """Find which documented prefix the paths of the server have, if its address has none."""
        if self.prefix or not self._operations.bases:
            return
        prefixes = list(dict.fromkeys(["", *self._operations.bases]))
        for operation in operations[:_MAX_TRIES]:
            for prefix in prefixes:
                self.prefix = prefix
                status = self._call_first(operation)
                if status and status != _NOT_FOUND:
                    return
                self._called.clear()
        self.prefix = ""

    def _call_first(self, operation: Operation) -> int:
        """Call an operation with its first known values; return the status, 0 without any."""
        path = next(self._values.paths(operation), None)
        if path is None or self._values.missing(operation):
            return 0
        return self._call(operation, path, self._values.required(operation))

    def _call(self, operation: Operation, path: str, query: Query) -> int:
        if self._client.is_finished:
            self._is_cut = True
            return 0
        exchange = self._client.send(operation.route.verb, f"{self.prefix}{path}", query)
        self._called.add(operation.text)
        if exchange.is_accepted:
            self._values.live.see(path, exchange.answer.value)
        return exchange.status
