"""The oracle of drift on `.proto` files: what `buf breaking` says of the edits of proto_edits.py.

`make oracle` makes each edit in published files, those of googleapis and of the corpus that compile,
and gives both versions to drift and, as binary images, to buf. What one side alone says is counted
by reason, in tests/oracle_protobuf.md.
"""

from __future__ import annotations

import json
import re
import subprocess
import tempfile
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from google.protobuf.descriptor_pb2 import FileDescriptorProto, FileDescriptorSet
from installations import BUF, install_packages
from oracle import UNSEEN, Said, last, subject_of
from proto_edits import EDITS, Edit, Pair, edited
from proto_files import Files, published

from apiscribe.drift.change import Change, Drift
from apiscribe.drift.compare import compare
from apiscribe.sources.from_descriptors import version_from_descriptors

TABLE = Path(__file__).with_name("oracle_protobuf.md")
CONFIG = {"version": "v2", "breaking": {"use": ["FILE", "WIRE_JSON"]}}
# Of each edit in each set of files.
PLACES = 3


def ask_buf(buf: Path, pair: Pair) -> list[Said]:
    """Return what buf says of two versions. Raise AssertionError where it cannot read one."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        (folder / "buf.yaml").write_text(json.dumps(CONFIG), "utf-8")
        for side, files in (("old", pair.old), ("new", pair.new)):
            content = FileDescriptorSet(file=files).SerializeToString()
            (folder / f"{side}.binpb").write_bytes(content)
        command = [str(buf), "breaking", "new.binpb", "--against", "old.binpb"]
        command += ["--error-format", "json"]
        done = subprocess.run(command, capture_output=True, text=True, cwd=folder)
    assert done.returncode in (0, 100), done.stderr[:2000]
    found = [json.loads(line) for line in done.stdout.splitlines()]
    return [Said(each["type"], subject_of(each["message"]), each["message"]) for each in found]


def ask_drift(pair: Pair) -> Drift:
    """Return what drift says of two versions."""
    old, new = (
        version_from_descriptors(name, "edited", files)
        for name, files in (("old", pair.old), ("new", pair.new))
    )
    return compare(old, new)


# buf's rule → drift's kinds that say the same; a rule without kinds has no counterpart in drift.
_GONE = ("field-removed", "field-unreserved", "field-number-changed")
_VALUE_GONE = ("enum-value-removed", "enum-value-unreserved", "enum-value-number-changed")
_TYPE_GONE = ("page-removed", "package-renamed", "declaration-moved")
_LABELS = ("field-label-changed", "presence-changed", "oneof-changed", "required-label-changed")
# Drift pairs fields by their names, buf by their numbers.
_OTHER = (
    *("field-renamed", "field-number-changed", "field-number-reused"),
    *("field-type-changed", "field-label-changed"),
)
SAME: dict[str, tuple[str, ...]] = {
    "ENUM_NO_DELETE": (
        "enum-removed",
        "enum-renamed",
        "message-removed",
        "message-renamed",
        *_TYPE_GONE,
    ),
    "ENUM_VALUE_NO_DELETE": _VALUE_GONE,
    "ENUM_VALUE_NO_DELETE_UNLESS_NAME_RESERVED": _VALUE_GONE,
    "ENUM_VALUE_NO_DELETE_UNLESS_NUMBER_RESERVED": _VALUE_GONE,
    "ENUM_VALUE_SAME_NAME": ("enum-value-renamed", *_VALUE_GONE),
    "FIELD_NO_DELETE": _GONE,
    "FIELD_NO_DELETE_UNLESS_NAME_RESERVED": _GONE,
    "FIELD_NO_DELETE_UNLESS_NUMBER_RESERVED": _GONE,
    "FIELD_SAME_CARDINALITY": (*_LABELS, "field-type-changed", "field-number-changed"),
    "FIELD_SAME_DEFAULT": ("default-changed",),
    "FIELD_SAME_JSON_NAME": _OTHER,
    "FIELD_SAME_NAME": _OTHER,
    "FIELD_SAME_ONEOF": ("oneof-changed",),
    "FIELD_SAME_TYPE": ("field-type-changed", "field-number-changed", "field-number-reused"),
    "FIELD_WIRE_JSON_COMPATIBLE_CARDINALITY": (
        *_LABELS,
        "field-type-changed",
        "field-number-changed",
    ),
    "FIELD_WIRE_JSON_COMPATIBLE_TYPE": ("field-type-changed", "field-number-changed"),
    "FILE_NO_DELETE": ("page-removed", "declaration-moved", "message-removed", "enum-removed"),
    "FILE_SAME_PACKAGE": (
        *_TYPE_GONE,
        "message-removed",
        "enum-removed",
        "service-removed",
        "service-renamed",
        "service-moved",
        "field-type-changed",
        "request-type-changed",
        "response-type-changed",
        "message-renamed",
    ),
    "MESSAGE_NO_DELETE": ("message-removed", "message-renamed", *_TYPE_GONE),
    "MESSAGE_SAME_REQUIRED_FIELDS": ("required-label-changed", "required-field-added", *_GONE),
    "ONEOF_NO_DELETE": ("oneof-changed", *_GONE),
    "RESERVED_ENUM_NO_DELETE": ("reservation-removed",),
    "RESERVED_MESSAGE_NO_DELETE": ("reservation-removed",),
    "RPC_NO_DELETE": ("method-removed", "method-renamed"),
    "RPC_SAME_CLIENT_STREAMING": ("streaming-changed",),
    "RPC_SAME_REQUEST_TYPE": ("request-type-changed",),
    "RPC_SAME_RESPONSE_TYPE": ("response-type-changed",),
    "RPC_SAME_SERVER_STREAMING": ("streaming-changed",),
    "SERVICE_NO_DELETE": ("service-removed", "service-renamed", "service-moved", *_TYPE_GONE),
}

# buf's rule → what drift lists under "not compared", because the model has no place for it.
NOT_COMPARED = {
    "ENUM_SAME_JSON_FORMAT": "syntax",
    "ENUM_SAME_TYPE": "syntax",
    "EXTENSION_MESSAGE_NO_DELETE": "extension ranges",
    "EXTENSION_NO_DELETE": "extensions",
    "FIELD_SAME_CPP_STRING_TYPE": "ctype",
    "FIELD_SAME_JAVA_UTF8_VALIDATION": "syntax",
    "FIELD_SAME_JSTYPE": "jstype",
    "FIELD_SAME_UTF8_VALIDATION": "syntax",
    "FILE_SAME_GO_PACKAGE": "go_package",
    "FILE_SAME_JAVA_PACKAGE": "java_package",
    "FILE_SAME_OPTIMIZE_FOR": "optimize_for",
    "FILE_SAME_SYNTAX": "syntax",
    "MESSAGE_NO_REMOVE_STANDARD_DESCRIPTOR_ACCESSOR": "no_standard_descriptor_accessor",
    "MESSAGE_SAME_JSON_FORMAT": "syntax",
    "RPC_SAME_IDEMPOTENCY_LEVEL": "idempotency_level",
}


def same(said: Said, change: Change) -> bool:
    """Whether a change of drift is what buf says: its kind, and the names that it is about."""
    if change.kind not in SAME.get(said.rule, ()):
        return False
    owner, name = said.subject
    if said.rule.startswith(("ENUM_VALUE", "RESERVED_ENUM")):
        # Of a value buf may name the number alone.
        owner, name = subject_enum(said.text), ""
    if said.rule == "FILE_SAME_PACKAGE":
        return f"{change.symbol}.".startswith(f"{_package(said)}.")
    if owner == "file":
        return name in (span.path for span in (change.old, change.new) if span)
    names = {*change.symbol.split("."), *re.findall(r"\w+", change.message)}
    names |= {part for detail in change.details for part in detail.split(".")}
    if name in ("key", "value") and owner.endswith("Entry"):
        # The messages of a map's entries: those of `labels` are `LabelsEntry`.
        return owner in {f"{camel(each)}Entry" for each in names}
    return {owner, name} - {""} <= names


def camel(name: str) -> str:
    """Return a name in the way of protoc's names of entries: `http_labels` is `HttpLabels`."""
    return "".join(part[:1].upper() + part[1:] for part in name.split("_"))


def subject_enum(text: str) -> str:
    """Return the enum that a sentence of buf about a value names."""
    found = re.search(r'on enum "([^"]+)"', text)
    return last(found[1]) if found else ""


_MOVES = (
    "declaration-moved",
    "message-renamed",
    "enum-renamed",
    "service-renamed",
    "service-moved",
)
_TYPES = ("FIELD_SAME_TYPE", "FIELD_WIRE_JSON_COMPATIBLE_TYPE", "RPC_SAME_REQUEST_TYPE")
_TYPES = (*_TYPES, "RPC_SAME_RESPONSE_TYPE")


def _package(said: Said) -> str:
    """Return the old package that a sentence of buf on a file names."""
    return said.text.split('"')[1]


def _are_elsewhere(path: str, pair: Pair) -> bool:
    """Whether new files have, in the same package, all that an old file declares."""
    new = {name for file in pair.new for name in _declared(file)}
    return all(set(_declared(file)) <= new for file in pair.old if file.name == path)


def _declared(file: FileDescriptorProto) -> Iterator[str]:
    for each in (*file.message_type, *file.enum_type, *file.service):
        yield f"{file.package}.{each.name}"


def reason(said: Said, drift: Drift, pair: Pair) -> str:
    """Return why buf says a thing of its own."""
    if said.rule in ("FILE_NO_DELETE", "FILE_SAME_PACKAGE") and not any(
        file.message_type or file.enum_type or file.service
        for file in pair.old
        if (file.package if said.rule == "FILE_SAME_PACKAGE" else file.name)
        == said.text.split('"')[1]
    ):
        return "a file without messages, enums and services"
    if said.rule == "FILE_NO_DELETE" and _are_elsewhere(said.text.split('"')[1], pair):
        return "a file of another name with the same declarations, which drift reports by package"
    fact = "extensions" if said.text.startswith("Extension ") else NOT_COMPARED.get(said.rule)
    if fact in {entry.fact for entry in drift.not_compared}:
        return f"drift lists it as not compared: {fact}"
    names = set(re.findall(r"\w+", said.text))
    moved = {
        last(name)
        for c in drift.changes
        if c.kind in (*_MOVES, "enum-removed")
        for name in (c.symbol, *c.details)
    }
    packages = [c.symbol for c in drift.changes if c.kind == "package-renamed"]
    if said.rule in _TYPES and (moved & names or any(each in said.text for each in packages)):
        return "a type that has another name, which drift reports once"
    if said.rule.endswith("_NO_DELETE") and packages:
        return "all of a package that has another name, which drift reports once"
    if said.rule.endswith("_NO_DELETE") and any(
        name in names and c.kind in SAME["MESSAGE_NO_DELETE"]
        for c in drift.changes
        for name in (last(c.symbol), *c.details)
    ):
        return "a part of what drift reports as a whole"
    return "unexplained"


def drift_reason(change: Change, said: Sequence[Said]) -> str:
    """Return why drift says a thing of its own."""
    if UNSEEN.search(change.kind):
        return "buf has no rule for it"
    if change.kind == "package-renamed" and any(
        each.rule.endswith("_NO_DELETE") or each.rule == "FILE_SAME_PACKAGE" for each in said
    ):
        return "buf reports each declaration"
    return "unexplained"


@dataclass
class Tally:
    """How often each side says a thing, by reason if it says so alone."""

    edits: set[str] = field(default_factory=set)
    places: int = 0
    both: Counter[str] = field(default_factory=Counter)
    buf_alone: Counter[tuple[str, str]] = field(default_factory=Counter)
    drift_both: Counter[str] = field(default_factory=Counter)
    drift_alone: Counter[tuple[str, str]] = field(default_factory=Counter)
    unexplained: list[str] = field(default_factory=list)

    def add(self, edit: str, pair: Pair, said: Sequence[Said], drift: Drift) -> None:
        """Count what both sides say of an edit."""
        self.edits.add(edit)
        self.places += len(pair.places)
        breaking = [c for c in drift.changes if c.grade in ("wire", "json", "source")]
        for each in said:
            if any(same(each, change) for change in breaking):
                self.both[each.rule] += 1
                continue
            why = reason(each, drift, pair)
            self.buf_alone[each.rule, why] += 1
            if why == "unexplained":
                self.unexplained.append(f"{edit}: buf: {each.rule}: {each.text}")
        for change in breaking:
            if any(same(each, change) for each in said):
                self.drift_both[change.kind] += 1
                continue
            why = drift_reason(change, said)
            self.drift_alone[change.kind, why] += 1
            if why == "unexplained":
                self.unexplained.append(f"{edit}: drift: {change.kind}: {change.symbol}")

    def table(self) -> str:
        """Return the tables of both sides."""
        return "\n".join(
            [
                "# drift beside buf, on edits of published files",
                "",
                f"{len(self.edits)} edits at {self.places} places; what `make oracle` measured"
                f" with {BUF}.",
                "",
                *_rows("buf's rule", "drift", "buf", self.both, self.buf_alone),
                "",
                *_rows("drift's kind", "buf", "drift", self.drift_both, self.drift_alone),
                "",
            ]
        )


def _rows(
    head: str, other: str, side: str, both: Counter[str], alone: Counter[tuple[str, str]]
) -> Iterator[str]:
    yield f"| {head} | {other} says so too | {side} alone | why |"
    yield "| --- | ---: | ---: | --- |"
    for word in sorted({*both, *(word for word, _ in alone)}):
        reasons = sorted((why, n) for (each, why), n in alone.items() if each == word)
        why = "; ".join(f"{why} ({n})" for why, n in reasons)
        yield f"| {word} | {both[word]} | {sum(n for _, n in reasons)} | {why} |"


def measure(buf: Path, sets: Iterable[Files], edits: Iterable[Edit] = EDITS) -> Tally:
    """Make each edit in each set of files, and compare what both sides say of it."""
    tally, edits = Tally(), list(edits)
    for files in sets:
        for edit in edits:
            if pair := edited(files.files, files.own, edit, PLACES):
                tally.add(edit.name, pair, ask_buf(buf, pair), ask_drift(pair))
    return tally


def main() -> None:
    """Measure all edits, keep the table."""
    with tempfile.TemporaryDirectory() as name:
        install_packages(Path(name), [BUF])
        tally = measure(Path(name) / "node_modules" / ".bin" / "buf", published())
    TABLE.write_text(tally.table(), "utf-8")
    print(tally.table(), *tally.unexplained, sep="\n")
    print(f"{len(tally.unexplained)} unexplained")


if __name__ == "__main__":
    main()
