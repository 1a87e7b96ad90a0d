"""Specs for the tests of the command, and the command in this process."""

from __future__ import annotations

from pathlib import Path

from click.testing import CliRunner, Result

from apiscribe.commands import main

HEAD = """\
# Job

> **Package : a.b.v1**

## Job

| Method | Request | Response |
| :--- | :--- | :--- |
| get | GetJob | JobInfo |

## Message

### GetJob
| Field | Type | Required | Description |
| :--- | :--- | :---: | :--- |
| job_id | string | ✅ | |

### JobInfo
| Field | Type | Required | Description |
| :--- | :--- | :---: | :--- |
| job_id | string | | |
"""
CLEAN = HEAD
# A note: `only` is a list by a rule.
NOTED = HEAD.replace("| job_id | string | ✅ | |", "| only | string | ✅ | |")
WARNED = HEAD + "| status | Sttus | | |\n"
WRONG = HEAD + "| status | two words | | |\n"


def spec(folder: Path, text: str, page: str = "job.md") -> Path:
    (folder / "pages").mkdir(parents=True, exist_ok=True)
    (folder / "pages" / page).write_bytes(text.encode("utf-8", "surrogateescape"))
    return folder


def run(*arguments: str, color: bool = False) -> Result:
    return CliRunner().invoke(main, arguments, color=color)


def files(folder: Path) -> dict[str, bytes]:
    return {str(f.relative_to(folder)): f.read_bytes() for f in folder.rglob("*") if f.is_file()}
