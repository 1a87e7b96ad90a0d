"""The oracle of drift: what `buf breaking` says of the same versions, and who is right.

`make oracle` compares every pair of versions of the corpus that share a package. The old version's
numbers are kept by the new one, as `apiscribe build` would; both are written as `.proto`, and buf
(from npm) reads these. What one side alone says is counted by reason, in tests/oracle.md.
"""

from __future__ import annotations

import json
import re
import shutil
import subprocess
import sys
import tempfile
from collections import Counter
from dataclasses import dataclass
from importlib.util import find_spec
from itertools import combinations
from pathlib import Path

from installations import BUF, install_packages
from score import CORPUS, versions

from apiscribe.drift.change import Change
from apiscribe.drift.compare import compare
from apiscribe.emit.proto import emit_proto
from apiscribe.emit.render_task import render_all
from apiscribe.lower.api_lock import lock_of
from apiscribe.model.api import Api, File
from apiscribe.model.lock import LOCK_FILE, lock_text
from apiscribe.model.types import EnumRef
from apiscribe.model.version import ApiVersion
from apiscribe.sources.compilation import Compilation, compile_folder
from apiscribe.sources.spec_version import version_of_pages

TABLE = Path(__file__).with_name("oracle.md")
CONFIG = {"version": "v2", "breaking": {"use": ["FILE", "WIRE_JSON"]}}

# What buf has no rule for: it sees no routes, marks or text.
UNSEEN = re.compile(r"route|required|description")
_QUOTED = re.compile(r'"([^"]+)"')


# A member of what holds it, both in short: ("JobInfo", "status"); a whole has no holder.
Subject = tuple[str, str]


@dataclass(frozen=True)
class Said:
    """One thing that buf says: its rule, and what it says it of."""

    rule: str
    subject: Subject
    text: str


def with_numbers(folder: Path, text: str, name: str, into: Path) -> Compilation:
    """A spec folder read with a lock.json."""
    copy = into / name
    shutil.copytree(folder, copy)
    copy.chmod(0o755)
    (copy / LOCK_FILE).write_text(text, "utf-8")
    return compile_folder(copy)


def write(api: Api, folder: Path) -> None:
    """The `.proto` files of an Api, with those of googleapis that they import."""
    for output in render_all(emit_proto(api)):
        file = folder / output.path.removeprefix("proto/")
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_bytes(output.content)
    spec = find_spec("google.api.annotations_pb2")
    assert spec
    assert spec.origin
    (folder / "google" / "api").mkdir(parents=True, exist_ok=True)
    for file in Path(spec.origin).parent.glob("*.proto"):
        if file.stem in ("annotations", "http", "field_behavior"):
            shutil.copy(file, folder / "google" / "api")
    (folder / "buf.yaml").write_text(json.dumps(CONFIG), "utf-8")


def ask_buf(buf: Path, old: Path, new: Path) -> list[Said]:
    """What buf says of two folders. Raises AssertionError where it cannot read one."""
    command = [str(buf), "breaking", str(new), "--against", str(old), "--error-format", "json"]
    done = subprocess.run(command, capture_output=True, text=True, cwd=new)
    assert done.returncode in (0, 100), done.stderr[:2000]
    found = [json.loads(line) for line in done.stdout.splitlines()]
    return [Said(each["type"], subject_of(each["message"]), each["message"]) for each in found]


def subject_of(text: str) -> Subject:
    """What a sentence of buf is about: `Field "3" with name "status" on message "JobInfo" …`."""
    names = _QUOTED.findall(text)
    if re.search(r'present file "', text):
        return "file", names[0]
    if found := re.search(r'(?:name|RPC) "([^"]+)" on (?:message|service|enum) "([^"]+)"', text):
        return last(found[2]), found[1]
    if found := re.search(r'[Ee]num value "[^"]*" on enum "([^"]+)"', text):
        return last(found[1]), names[-1] if len(names) > 2 else ""
    if found := re.search(r'[Mm]essage "([^"]+)"', text):
        return "", last(found[1])
    return "", last(names[0]) if names else ""


def last(name: str) -> str:
    """The last part of a name."""
    return name.rpartition(".")[2]


def subjects_of(change: Change) -> set[Subject]:
    """What a change of drift is about, with all that goes with it."""
    owner, _, name = change.symbol.rpartition(".")
    if re.match(
        r"field|required|enum-value|method|route|request|response|streaming|path", change.kind
    ):
        found = {(last(owner), name)}
        found |= {("", last(detail)) for detail in change.details}
        # Equal changes of several messages are one; a renamed field goes by its new name where buf
        # looks for its number.
        owners = {owner, *(detail.rpartition(".")[0] for detail in change.details)} - {""}
        words_of_text = re.findall(r"\w+", change.message)
        return found | {(last(each), word) for each in owners for word in words_of_text}
    found = {("", name)} | {("", last(detail)) for detail in change.details}
    return found | {("", last(word)) for word in re.findall(r"[\w.]+", change.message)}


def declared(file: File) -> list[str]:
    """The names of what stands in a file."""
    names = [service.name for service in file.services]
    names += [message.name for message in file.messages]
    return names + [enum.name for enum in file.all_enums()]


def covers(subjects: set[Subject], subject: Subject) -> bool:
    """Whether something was said of a subject, or of the whole that it is a part of."""
    owner, name = subject
    return (
        subject in subjects or ("", owner) in subjects or (owner == "" and ("", name) in subjects)
    )


def reason(said: Said, old: ApiVersion, new: ApiVersion) -> str:
    """Why buf says a thing and drift does not."""
    unnamed = {
        enum.name
        for side in (old, new)
        for file in side.api.files
        for enum in file.all_enums()
        if "name" in enum.provenance or enum.incomplete
    }
    if said.rule.startswith("ENUM") and set(said.subject) & unnamed:
        return "an enum that no page names, or without values on any page"
    if "CARDINALITY" in said.rule:
        return "a page that does not mark all lists, on one side"
    if said.rule.startswith("FILE"):
        return "a file with declarations that are all in others"
    if "STREAMING" in said.rule:
        return "pages that have no mark for streams"
    if "TYPE" in said.rule and ("enum" in said.text.lower() or unnamed & set(words(said.text))):
        return "an enum that no page names"
    if "TYPE" in said.rule:
        return "a type that has another name, which drift tells of once"
    return "unexplained"


def words(text: str) -> list[str]:
    """The words of a text."""
    return re.findall(r"\w+", text)


def measure(buf: Path, pairs: list[tuple[str, str]]) -> tuple[str, int]:
    """The table for some pairs, and how much in it is not explained."""
    both: Counter[str] = Counter()
    alone: Counter[tuple[str, str]] = Counter()
    ours: Counter[tuple[str, str]] = Counter()
    count = 0
    for before, after in pairs:
        with tempfile.TemporaryDirectory() as name:
            folder = Path(name)
            first = compile_folder(CORPUS / "corpus" / before)
            text = lock_text(lock_of(first.api))
            old = with_numbers(CORPUS / "corpus" / before, text, "old", folder).api
            new = with_numbers(CORPUS / "corpus" / after, text, "new", folder).api
            if not {f.package for f in old.files} & {f.package for f in new.files}:
                continue
            count += 1
            write(old, folder / "a")
            write(new, folder / "b")
            said = ask_buf(buf, folder / "a", folder / "b")
            sides = version_of_pages(old, "old"), version_of_pages(new, "new")
            drift = compare(*sides)
            breaking = [c for c in drift.changes if c.grade in ("wire", "json", "source")]
            drifted = {subject for change in breaking for subject in subjects_of(change)}
            # An enum goes with the field that it is of.
            drifted |= {
                ("", last(field.type.name))
                for _, message in old.messages()
                for field in message.fields
                if isinstance(field.type, EnumRef) and (message.name, field.json_name) in drifted
            }
            broken = {each.subject for each in said}
            broken |= {("", each.subject[0]) for each in said if each.subject[0]}
            gone = {each.subject[1] for each in said if each.subject[0] == "file"}
            for file in old.files:
                # Of a file that is gone buf tells nothing but that.
                if file.path in gone:
                    broken |= {("", name) for name in declared(file)}
                    if any(covers(drifted, ("", name)) for name in declared(file)):
                        drifted.add(("file", file.path))
            for each in said:
                if covers(drifted, each.subject):
                    both[each.rule] += 1
                else:
                    alone[each.rule, reason(each, *sides)] += 1
            for change in breaking:
                if UNSEEN.search(change.kind):
                    ours[change.kind, "buf has no rule for it"] += 1
                elif any(covers(broken, subject) for subject in subjects_of(change)):
                    ours[change.kind, "both"] += 1
                else:
                    ours[change.kind, "unexplained"] += 1
    unexplained = sum(n for (_, why), n in [*alone.items(), *ours.items()] if why == "unexplained")
    return _table(count, both, alone, ours), unexplained


def _table(
    count: int,
    both: Counter[str],
    alone: Counter[tuple[str, str]],
    ours: Counter[tuple[str, str]],
) -> str:
    lines = [
        "# drift beside buf",
        "",
        f"{count} pairs of versions; what `make oracle` measured with {BUF}.",
        "",
        "| buf's rule | drift says so too | buf alone | why |",
        "| --- | ---: | ---: | --- |",
    ]
    for rule in sorted({*both, *(rule for rule, _ in alone)}):
        reasons = sorted((why, n) for (r, why), n in alone.items() if r == rule)
        total = sum(n for _, n in reasons)
        why = "; ".join(f"{why} ({n})" for why, n in reasons)
        lines.append(f"| {rule} | {both[rule]} | {total} | {why} |")
    lines += [
        "",
        "| drift's kind | buf says so too | drift alone | why |",
        "| --- | ---: | ---: | --- |",
    ]
    for kind in sorted({kind for kind, _ in ours}):
        reasons = sorted((why, n) for (k, why), n in ours.items() if k == kind and why != "both")
        why = "; ".join(f"{why} ({n})" for why, n in reasons)
        lines.append(f"| {kind} | {ours[kind, 'both']} | {sum(n for _, n in reasons)} | {why} |")
    return "\n".join(lines) + "\n"


def main() -> int:
    """Measure all pairs, keep the table."""
    with tempfile.TemporaryDirectory() as name:
        install_packages(Path(name), [BUF])
        buf = Path(name) / "node_modules" / ".bin" / "buf"
        text, unexplained = measure(buf, list(combinations(versions(), 2)))
    TABLE.write_text(text, "utf-8")
    print(text)
    print(f"{unexplained} unexplained")
    return 0


if __name__ == "__main__":
    sys.exit(main())
