"""Files of settings by their schemas, with values of other types and with damage, for `make fuzz`."""

from __future__ import annotations

import json
import random
from collections.abc import Callable
from functools import cache
from pathlib import Path
from typing import Any

Json = dict[str, Any]
PAGE = """# Job

> **Package : a.v1**

## Job

| Method | Request | Response |
| --- | --- | --- |
| get | GetJob | JobInfo |

### get
> **GET** /v1/jobs/{job_id}

## Message

### GetJob
| Field | Type | Required |
| --- | --- | --- |
| job_id | string | ✅ |

### JobInfo
| Field | Type | Required |
| --- | --- | --- |
| job_id | string | ✅ |
| state | JobState | |
"""
NAMES = (
    *("a.v1", "a.v1.Job", "a.v1.JobInfo", "a.v1.JobInfo.job_id", "a.v1.JobState", "job_id", "get"),
    *("a.v1.Job.get", "JobInfo", "pages/job.md", "../pages", "/etc", "pages/*.md", "", ".", "a..b"),
    *("string", "list of string", "\u202e", "\0", "é", "x" * 3000, "::error::x", "error", "off"),
)
OTHERS: tuple[Any, ...] = (
    *(None, True, False, 0, -1, 1, 2, 10**30, -(10**30), 1.5, float("inf"), "", "x", [], {}, [[]]),
    *([{}], {"": 1}, {"a": {"b": {}}}, ["a", 1], 2**63, 19_000, 536_870_911, 536_870_912),
)


@cache
def schema(name: str) -> Json:
    folder = Path(__file__).parent.parent / "generator" / "apiscribe" / "model" / "schemas"
    return dict(json.loads((folder / f"{name}.schema.json").read_text("utf-8")))


def value(part: Json, root: Json, rnd: random.Random, depth: int = 6) -> Any:
    """A value of a schema; one in twelve is another."""
    if rnd.random() < 0.08 or depth == 0:
        return rnd.choice(OTHERS)
    if "$ref" in part:
        return value(root["$defs"][part["$ref"].rpartition("/")[2]], root, rnd, depth)
    for word in ("anyOf", "oneOf"):
        if word in part:
            return value(rnd.choice(part[word]), root, rnd, depth)
    if "enum" in part:
        return rnd.choice(part["enum"])
    match part.get("type"):
        case "object":
            return _object(part, root, rnd, depth)
        case "array":
            items = part.get("items") or {}
            return [value(items, root, rnd, depth - 1) for _ in range(rnd.choice([0, 1, 1, 2]))]
        case "integer":
            return rnd.choice([0, 1, 2, 5, 100, 10**12])
        case "boolean":
            return rnd.random() < 0.5
        case _:
            return rnd.choice(NAMES)


def _object(part: Json, root: Json, rnd: random.Random, depth: int) -> Json:
    known, required = part.get("properties", {}), part.get("required", ())
    names = [name for name in known if name in required or rnd.random() < 0.25]
    found = {name: value(known[name], root, rnd, depth - 1) for name in names}
    if isinstance(others := part.get("additionalProperties"), dict):
        more = rnd.sample(NAMES, rnd.choice([0, 1, 2]))
        found |= {name: value(others, root, rnd, depth - 1) for name in more}
    if rnd.random() < 0.05:
        found[rnd.choice(NAMES)] = rnd.choice(OTHERS)
    return found


def toml(found: Any) -> str:
    """A value as TOML writes it in a line; None is not valid there."""
    match found:
        case dict():
            return f"{{{', '.join(f'{json.dumps(k)} = {toml(v)}' for k, v in found.items())}}}"
        case list():
            return f"[{', '.join(map(toml, found))}]"
        case bool():
            return str(found).lower()
        case None:
            return "none"
        case _:
            return json.dumps(found) if isinstance(found, str) else str(found)


def toml_file(found: Any) -> str:
    if not isinstance(found, dict):
        return toml(found)
    return "".join(f"{json.dumps(name)} = {toml(part)}\n" for name, part in found.items())


FORMS: dict[str, tuple[str, Callable[[Any], str]]] = {
    "spec.toml": ("spec", toml_file),
    "overlay.toml": ("overlay", toml_file),
    "lock.json": ("lock", json.dumps),
}


def damaged(text: str, rnd: random.Random) -> str:
    """A text cut, doubled, with a part in another place, or nested deeply."""
    at, other = rnd.randint(0, len(text)), rnd.randint(0, len(text))
    match rnd.randrange(6):
        case 0:
            return text[:at]
        case 1:
            return text + text
        case 2:
            return text[:at] + text[at + rnd.randint(1, 9) :]
        case 3:
            return text[:at] + text[other : other + 40] + text[at:]
        case 4:
            return text[:at] + rnd.choice(["[", "{", '{"a":', "{a=", "a.", "9", '"', "\\u0000"]) * (
                rnd.choice([1, 3, 5000])
            )
        case _:
            return text[:at] + rnd.choice(["\0", "\r", "\ufeff", "\u2028", "\x1b[31m"]) + text[at:]


def write_settings(spec: Path, rnd: random.Random) -> None:
    """A spec of a page, with one or more files of settings."""
    (spec / "pages").mkdir()
    (spec / "pages" / "job.md").write_text(PAGE, "utf-8")
    for name in rnd.sample(sorted(FORMS), rnd.choice([1, 1, 2, 3])):
        known, write = FORMS[name]
        text = write(value(schema(known), schema(known), rnd))
        for _ in range(rnd.choice([0, 0, 0, 1, 2])):
            text = damaged(text, rnd)
        (spec / name).write_text(text, "utf-8", errors="surrogatepass", newline="")
