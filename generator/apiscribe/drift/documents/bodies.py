"""Compares the bodies of requests and responses: their media types and schemas, and statuses."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from apiscribe.drift.documents.findings import Findings, Place
from apiscribe.drift.documents.operations import Operation
from apiscribe.drift.documents.parameters import compare_headers
from apiscribe.drift.documents.schema_view import canonical
from apiscribe.drift.documents.schemas import SchemaWalk
from apiscribe.model.openapi_document import Node


def compare_request_body(walk: SchemaWalk, old: Operation, new: Operation, place: Place) -> None:
    """Report that a request body was added or removed, and compare bodies."""
    before, after = old.node.get("requestBody"), new.node.get("requestBody")
    findings = walk.findings
    if before is None and after is not None:
        required = after.is_true("required")
        state = "a body, which is required" if required else "an optional body"
        grade = place.grade(tightens=True) if required else "safe"
        findings.add("body-added", f"the request now has {state}", None, after, grade)
    elif before is not None and after is None:
        grade = "json" if place.direction == "request" else place.grade(tightens=False)
        findings.add("body-removed", "the request no longer has a body", before, None, grade)
    elif before is not None and after is not None:
        required_in = [part.is_true("required") for part in (before, after)]
        if required_in[0] != required_in[1]:
            state = "is now required" if required_in[1] else "is no longer required"
            if place.direction == "request":
                kind = "required-added" if required_in[1] else "required-relaxed"
            else:
                kind = "required-relaxed" if required_in[1] else "required-removed"
            findings.add(kind, f"the body {state}", before, after)
        _compare_media(walk, before, after, "the body", place)


def compare_responses(walk: SchemaWalk, old: Operation, new: Operation, place: Place) -> None:
    """Report added and removed statuses, and compare the responses of the others."""
    before, after = old.node.parts("responses"), new.node.parts("responses")
    gone = [status for status in before if status not in after]
    came = [status for status in after if status not in before]
    pairs = {status: status for status in before if status in after}
    for was, now in _moved(gone, came, before, after):
        gone.remove(was)
        came.remove(now)
        pairs[was] = now
        message = f"the status changed from {was} to {now}"
        is_narrower = was[1:].upper() == "XX" and now[:1] == was[:1]
        grade = place.grade(tightens=True) if is_narrower else None
        walk.findings.add("status-changed", message, before[was], after[now], grade)
    for status in gone:
        grade = place.grade(tightens=False) if _is_success(status) else "docs"
        message = f"the response {status} was removed"
        walk.findings.add("answer-removed", message, before[status], None, grade)
    for status in came:
        message = f"the response {status} was added"
        walk.findings.add("answer-added", message, None, after[status])
    for was, now in pairs.items():
        compare_headers(walk, before[was], after[now], was, place)
        _compare_media(walk, before[was], after[now], f"the response {now}", place)


def _moved(
    gone: list[str], came: list[str], before: Mapping[str, Node], after: Mapping[str, Node]
) -> Iterator[tuple[str, str]]:
    """Yield old and new status of a success with another status, or of a range or `default` that
    includes it.
    """
    successes = [[s for s in listed if _is_success(s)] for listed in (gone, came)]
    if [len(each) for each in successes] == [1, 1]:
        yield successes[0][0], successes[1][0]
    for was in list(gone):
        for now in came:
            alike = was[:1] == now[:1] and not _is_success(was) and was[:1].isdigit()
            alike = alike or now == "default"
            if alike and canonical(before[was]) == canonical(after[now]) and was in gone:
                yield was, now
                break


def _is_success(status: str) -> bool:
    return status.startswith("2")


def _compare_media(walk: SchemaWalk, old: Node, new: Node, what: str, place: Place) -> None:
    """Report added and removed media types, and compare the schemas of the others."""
    before, after = old.parts("content"), new.parts("content")
    findings = walk.findings
    pairs = {name: name for name in before if name in after}
    gone = [name for name in before if name not in after]
    came = [name for name in after if name not in before]
    for was in list(gone):
        now = next((other for other in came if _bare(other) == _bare(was)), None)
        now = now or next((other for other in came if _fits(was, other) or _fits(other, was)), None)
        if now is None and len(gone) == len(came) == len(before) == len(after) == 1:
            now = came[0]
        if now:
            gone.remove(was)
            came.remove(now)
            pairs[was] = now
            _report_renamed(findings, was, now, (before[was], after[now]), what, place)
    for name in gone:
        grade = "json" if place.direction == "request" else place.grade(tightens=False)
        common, message = f"{name} was removed", f"{name} was removed from {what}"
        findings.add("media-type-removed", message, before[name], None, grade, common=common)
    for name in came:
        common, message = f"{name} was added", f"{name} was added to {what}"
        findings.add("media-type-added", message, None, after[name], common=common)
    for was, now in pairs.items():
        schema, other = before[was].get("schema"), after[now].get("schema")
        if schema and other:
            has_texts = _has_texts(now)
            inside = Place(place.direction, what, texts=has_texts, raw=has_texts)
            walk.compare(schema, other, inside)
        elif schema or other:
            state = "no longer has" if schema else "now has"
            grade = place.grade(tightens=other is not None)
            message = f"{what} {state} a schema"
            findings.add("constraint-changed", message, before[was], after[now], grade)


def _report_renamed(
    findings: Findings, was: str, now: str, nodes: tuple[Node, Node], what: str, place: Place
) -> None:
    if _fits(was, now) and _fits(now, was):
        return  # other spaces or letters
    if _fits(was, now):
        grade = place.grade(tightens=False)
    elif _fits(now, was):
        grade = place.grade(tightens=True)
    else:
        grade = "json"
    message = f"the media type of {what} changed from {was} to {now}"
    common = f"the media type changed from {was} to {now}"
    findings.add("media-type-changed", message, *nodes, grade, common=common)


def _fits(narrow: str, wide: str) -> bool:
    """Return whether a media type is one of a range: `application/*`, or `application/json` for
    `application/problem+json`; parameters narrow it.
    """
    (narrow, *details), (wide, *others) = (
        [part.strip().lower() for part in name.split(";")] for name in (narrow, wide)
    )
    if not set(others) <= set(details):
        return False
    (kind, _, name), (wide_kind, _, wide_name) = narrow.partition("/"), wide.partition("/")
    suffix = f"+{wide_name}"
    same_name = wide_name in ("*", name) or name.endswith(suffix)
    return wide_kind in ("*", kind) and same_name


def _bare(name: str) -> str:
    return name.partition(";")[0].strip().lower()


def _has_texts(media_type: str) -> bool:
    """Return whether numbers are texts in a media type."""
    bare = _bare(media_type)
    return bare.endswith("xml") or bare.startswith("text/") or "form" in bare
