"""Schemathesis, which nobody here wrote, against a served API and the OpenAPI that it tells of itself.

`make contract` serves a whole version of the corpus (CONTRACT_VERSION; `other/NAME` for the pages of
another project; without a corpus a sample) on SQLite or PostgreSQL (CONTRACT_STORE), runs every phase, and prints what it found: each failure with the reason why it is none, or as it is.
"""

from __future__ import annotations

import os
import re
import subprocess
import sys
import tempfile
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

from installations import make_environment
from score import CORPUS
from serving import SPECS, Server, build

VERSION = "4.32.5"
COMMAND = Path("venv") / "bin" / "schemathesis"  # below the folder of its installation

# Why a failure is none of the server's: the check's code, what its text shows, the reason. `ENUM`
# stands for the fields of the document that are enums.
EXPLAINED = (
    (
        "ST101",
        r"^\[501\][^`]*`[^`]*(ERROR_NOT_IMPLEMENTED|not_implemented)",
        "the pages do not tell what the method does; 501 is documented, and names the handler to write",
    ),
    (
        "ST202",
        r"ERROR_DB_QUERY|ERROR_OPERATOR_\w+",
        "a query names fields, operators, stages and times: which, no JSON Schema can say",
    ),
    (
        "ST202",
        r"Required parameter\. \(key = (aggregate|fields)\)",
        "statistics need a stage or `distinct`, and pages mark neither as required",
    ),
    (
        "ST202",
        r"Required parameter\. \(key = \w+\).*-d '\{(\}|[^']*\"\w+\": \"\")",
        "a page may leave the key of a row unmarked; without it no row is named",
    ),
    (
        "ST202",
        r"an item of the list is not JSON|key = [\w.]+\[\d+\]",
        "schemathesis makes no text for `contentSchema`",
    ),
    (
        "ST202",
        r"\(key = \w+, reason = no such field\)",
        "the page's route has a parameter that its request lacks",
    ),
    (
        "ST202",
        r"cannot carry a Struct|Required parameter\. .*curl -X (GET|DELETE)",
        "the page's route has neither body nor place for a Struct that the request requires",
    ),
    (
        "ST204",
        r"Unsupported method [A-Z]+ returned",
        "two pages name the parameter of one path differently: another template has the verb",
    ),
    (
        "ST205",
        r"`Allow: [A-Z, ]+` does not match the schema",
        "a path with a parameter fits as well as the literal one, and its verbs are allowed, too",
    ),
    (
        "ST202",
        r"Required parameter\. \(key = (ENUM)\)",
        "an enum of one value, required: the value is its zero, which counts as not given",
    ),
    (
        "ST202",
        r"\(key = \w+, reason = .* is not a field to sort by\)",
        "a list is sorted by fields of its rows, and the parameter is a text",
    ),
    (
        "ST202",
        r"\(key = \w+, reason = (no row of the list has this key|it is not a token from an earlier answer)\)",
        "a page begins behind a row that exists, or at a token that the server gave",
    ),
    ("ST202", r"a number is not finite", "the text of a number may be one beyond a double"),
    (
        "ST202",
        r"reason = input should be (less|greater) than \d{10}",
        "the text of a number may be one beyond its type",
    ),
    (
        "ST202",
        r"\(key = \w+, reason = input should be '",
        "the page has a text in the request, and lists the values at the field of the row",
    ),
    ("ST202", r"nested deeper than", "a limit on depth has no keyword in JSON Schema"),
    (
        "ST201",
        r"Invalid component: [^\n]*\b(ENUM)\b[^\n]*: Incorrect type",
        "ProtoJSON takes a value of an enum by its number, which clients that are made of an OpenAPI"
        " document could not name",
    ),
)


EXAMPLE = "the answer is the example in the page, and is marked as one: nothing was created"


def install(folder: Path) -> None:
    """Install schemathesis, the COMMAND, into a folder."""
    make_environment(folder, [f"schemathesis=={VERSION}"])


def failures(command: Path, url: str, folder: Path, *options: str) -> list[str]:
    """Each failure that schemathesis finds, as it tells it, with its operation. Raises
    AssertionError where it could not do its work.
    """
    report = folder / "report.xml"
    done = subprocess.run(
        [
            *(command, "run", url, "--seed", "1", "--workers", "1", "--no-color"),
            *("--continue-on-failure", "--generation-database", "none"),
            # A text with NUL is refused: PostgreSQL has no place for it.
            *("--generation-allow-x00", "false"),
            *("--report", "junit", "--report-junit-path", str(report), *options),
        ],
        cwd=folder,
        capture_output=True,
        text=True,
    )
    assert done.returncode in (0, 1), done.stdout[-2000:] + done.stderr
    assert report.exists(), done.stdout[-2000:]
    found = []
    for case in ElementTree.parse(report).iter("testcase"):
        for failure in case.iter("failure"):
            parts = re.split(r"^\d+\. Test Case ID: .*\n", failure.text or "", flags=re.MULTILINE)
            found += [f"{case.get('name')}\n{part.strip()}" for part in parts if part.strip()]
        assert not list(case.iter("error")), ElementTree.tostring(case, "unicode")
    return found


def reason(failure: str, document: dict[str, Any]) -> str:
    """Why a failure is none of the server's, or nothing."""
    made = re.search(r"Created with *: `POST (\S+)`", failure)
    if made and "- ST302 " in failure and answers_example(document["paths"][made[1]]["post"]):
        return EXAMPLE
    enums = "|".join(sorted(enum_fields(document))) or "(?!)"
    for code, pattern, why in EXPLAINED:
        found = re.search(pattern.replace("ENUM", enums), failure, re.MULTILINE | re.DOTALL)
        if f"- {code} " in failure and found:
            return why
    return ""


def answers_example(operation: dict[str, Any]) -> bool:
    """Whether the document states that an operation answers the page's example, and stores none."""
    return any(
        "x-answer" in answer.get("headers", {}) for answer in operation["responses"].values()
    )


def enum_fields(document: dict[str, Any]) -> set[str]:
    """The names of the fields that are enums."""
    schemas = document["components"]["schemas"]
    enums = {f"#/components/schemas/{name}" for name, schema in schemas.items() if "enum" in schema}
    return {
        re.escape(name)
        for schema in schemas.values()
        for name, field in schema.get("properties", {}).items()
        if enums & set(references(field))
    }


def references(value: Any) -> Iterator[str]:
    """What a schema refers to."""
    if isinstance(value, dict):
        if isinstance(value.get("$ref"), str):
            yield value["$ref"]
        for inner in value.values():
            yield from references(inner)
    elif isinstance(value, list):
        for inner in value:
            yield from references(inner)


def main() -> int:
    """Exit status: 1 where a failure has no reason."""
    version = os.environ.get("CONTRACT_VERSION", "2.x")
    spec = CORPUS / version if version.startswith("other/") else CORPUS / "corpus" / version
    with tempfile.TemporaryDirectory(prefix="contract-") as name:
        folder = Path(name)
        copy = folder / "version"
        copy.symlink_to(_folder_of(spec))
        built = build(copy, folder / "out")
        install(folder)
        command = folder / COMMAND
        store = os.environ.get("CONTRACT_STORE", str(folder / "rows.db"))
        with Server(built, store if "://" in store else Path(store), sample=3) as server:
            url = f"http://{server.http_address}/openapi.json"
            document = server.client.get("/openapi.json").json()
            examples = os.environ.get("CONTRACT_EXAMPLES", "10")
            found = failures(command, url, folder, "--max-examples", examples)
            assert "Traceback" not in server.log(), server.log()[-3000:]
    reasons = Counter(reason(failure, document) for failure in found)
    for why, count in reasons.items():
        print(f"{count:4} {why or 'WITHOUT A REASON'}")
    for failure in found:
        if not reason(failure, document):
            print(f"\n{failure}")
    print(f"{len(document['paths'])} paths, {len(found)} failures, {reasons['']} without a reason")
    return 1 if reasons[""] else 0


def _folder_of(spec: Path) -> Path:
    """Return the folder to read: another project has its truth beside the pages."""
    if not spec.is_dir():
        return SPECS / "spaceone"
    return spec / "pages" if spec.parent.name == "other" else spec


if __name__ == "__main__":
    sys.exit(main())
