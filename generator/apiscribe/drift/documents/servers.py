"""Compares the addresses at which documents say that operations are."""

from __future__ import annotations

import ipaddress
from collections.abc import Sequence
from dataclasses import replace
from urllib.parse import urljoin, urlsplit

from apiscribe.drift.documents.findings import Findings
from apiscribe.drift.documents.operations import Operation
from apiscribe.model.openapi_document import Node


def on_base_of(
    old: Node, new: Node, before: Sequence[Operation], after: Sequence[Operation]
) -> Sequence[Operation]:
    """Return the operations of a new document with paths from the base address of the old one, if
    that makes more of them equal: a part of the paths may have moved into the address.
    """
    bases = [urlsplit(next(iter(_addresses(node)), "")).path for node in (old, new)]
    if bases[0] == bases[1] or not all(_addresses(node) for node in (old, new)):
        return after
    moved = [_moved(operation, *bases) for operation in after]
    keys = {operation.key for operation in before}
    counts = [sum(operation.key in keys for operation in listed) for listed in (after, moved)]
    return moved if counts[1] > counts[0] else after


def _moved(operation: Operation, old: str, new: str) -> Operation:
    path = f"{new}{operation.path}"
    if operation.is_called_back or not path.startswith(f"{old}/"):
        return operation
    return replace(operation, path=path.removeprefix(old))


def compare_servers(
    findings: Findings,
    old: Node,
    new: Node,
    pairs: Sequence[tuple[Operation, Operation]],
    *,
    hosts: bool,
) -> None:
    """Report added and removed addresses of the API or of one operation; `hosts`: the paths of
    addresses are compared with those of operations.
    """
    _compare(findings, old, new, "the API", hosts=hosts)
    for one, other in pairs:
        _compare(findings, one.node, other.node, one.text)


def _compare(findings: Findings, old: Node, new: Node, what: str, *, hosts: bool = False) -> None:
    before, after = _addresses(old), _addresses(new)
    if hosts:
        before, after = ([urljoin(url, "/") for url in listed] for listed in (before, after))
    # A document without addresses leaves them open; one of a running server has its own.
    if not before or not after or before == after:
        return
    gone = [url for url in before if url not in after]
    came = [url for url in after if url not in before]
    nodes = old.get("servers"), new.get("servers")
    if len(gone) == len(came) == 1:
        message = f"the server of {what} changed from {gone[0]} to {came[0]}"
        findings.add("server-changed", message, *nodes, symbol="servers")
        return
    for url in gone:
        findings.add("server-changed", f"{url} was removed from the servers of {what}", *nodes)
    for url in came:
        message = f"{url} was added to the servers of {what}"
        findings.add("server-changed", message, *nodes, "safe")


def _addresses(node: Node) -> list[str]:
    """Return the absolute addresses of servers on other machines, with the values of variables."""
    found = []
    for server in node.parts("servers").values():
        url = server.text("url").rstrip("/")
        for name, variable in server.parts("variables").items():
            url = url.replace(f"{{{name}}}", variable.text("default") or f"{{{name}}}")
        if "://" in url and not _is_loopback(urlsplit(url).hostname or ""):
            found.append(url)
    return list(dict.fromkeys(found))


def _is_loopback(host: str) -> bool:
    try:
        return host == "localhost" or ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False
