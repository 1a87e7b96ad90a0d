"""What the last build read and this one does not, though it is still on the page, stops the build."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest
from click.testing import CliRunner, Result
from score import CORPUS
from thorough import thorough

from apiscribe.commands import main
from apiscribe.sources import api_json

OTHER = CORPUS / "other"
PAGE = """# Ferry

> **Package : harbour.v1**

## Ferry

| Method | Request | Response |
| :--- | :--- | :--- |
| dock | DockRequest | DockInfo |
| leave | DockRequest | DockInfo |

### dock

> **POST** /harbour/v1/ferry/dock

### leave

> **POST** /harbour/v1/ferry/leave

## Message

### DockRequest

| Field | Type | Required | Description |
| :--- | :--- | :---: | :--- |
| ferry_id | string | ✅ |  |
| speed | int32 |  |  |

### DockInfo

| Field | Type | Required | Description |
| :--- | :--- | :---: | :--- |
| ferry_id | string |  |  |
"""
FIELDS = "| ferry_id | string | ✅ |  |\n| speed | int32 |  |  |\n"
HEADER = "| Field | Type | Required | Description |\n| :--- | :--- | :---: | :--- |\n"
BOTH = "2 fields of harbour.v1.DockRequest are not read any more: ferry_id, speed"
SPEED = "the field speed of harbour.v1.DockRequest"
MESSAGE = "the message harbour.v1.DockRequest is not read any more"
LEAVE = "the route /harbour/v1/ferry/leave of harbour.v1.Ferry.leave"
# How a page changes → what is lost.
HIDDEN = {
    FIELDS: ("ferry_id string\nspeed int32\n", BOTH),
    HEADER + FIELDS: ("![The fields](fields.png)\n", BOTH),
    f"{HEADER}{FIELDS}\n": ("```csv\nferry_id,string\nspeed,int32\n```\n\n", BOTH),
    f"### DockRequest\n\n{HEADER}": (f"### DockRequest\n\n~~~\n{HEADER}", BOTH),
    "speed | int32 |": ("~~speed~~ | int32 |", SPEED),
    "| speed | int32 |": ("<!-- | speed | int32 | -->", SPEED),
    "speed": ("“speed”", SPEED),
    "| speed |": ("| &nbsp; |", SPEED),
    "| speed | int32": ("| ** ** | int32", SPEED),
    "| speed | int32 |  |  |": ("│ speed │ int32 │  │  │", SPEED),
    "### DockRequest": ("## DockRequest", MESSAGE),
    "DockRequest\n\n": ("Dock Request\n\n", MESSAGE),
    "### DockRequest\n": ("", MESSAGE),
    "## Message": ("<script>\n## Message", MESSAGE),
    "### leave": ("**leave**", LEAVE),
    "> **POST** /harbour/v1/ferry/leave\n": (
        "> **POST** ∕harbour∕v1∕ferry∕le\u00adave\n",
        LEAVE,
    ),
    "| ferry_id | string | ✅ |  |\n| speed": (
        "| ferry_id | string | ✅ |  |\n\nBy the way:\n\n| speed",
        SPEED,
    ),
    "> **POST** /harbour/v1/ferry/leave": (
        "Send it by POST, not by GET: see /harbour/v1/ferry/leave",
        LEAVE,
    ),
    "| Method | Request | Response |\n| :--- | :--- | :--- |\n| dock": (
        "| Wat | In | Uit |\n| :--- | :--- | :--- |\n| dock",
        "incomplete-method",
    ),
}
# How a page changes if parts are removed.
REMOVED = {
    "| ferry_id | string | ✅ |  |\n| speed | int32 |  |  |": "| ferry_id | string | ✅ | speed, once |",
    "| speed | int32 |  |  |": '\n- speed was removed.\n\n```json\n{"speed": 1}\n```',
    HEADER + FIELDS: "No fields.\n\n```json\n{}\n```\n",
    "harbour.v1**": "harbour.v2**",
    "| speed | int32 |  |  |\n": "",
    "> **POST** /harbour/v1/ferry/leave\n": "",
    "| speed | int32 |  |  |\n\n### DockInfo": "\nThe field speed is gone.\n\n### DockInfo",
    "\n### leave\n\n> **POST** /harbour/v1/ferry/leave\n": "",
}

BOATS = """# Boats API

## Get a boat

`GET /v1/boats/{id}`

### Response

| Name | Type | Description |
| --- | --- | --- |
| name | string | Of the boat. |

## Delete a boat

`DELETE /v1/boats/{id}`
"""
HIDDEN_FROM_HTTP = {
    "`DELETE": ("`DLETE", "the method harbour.Boats.delete_boat is not read any more"),
    "### Response": (
        "### What you see",
        "the response harbour.GetBoatResponse of harbour.Boats.get_boat is not read any more",
    ),
}


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("built")
    (folder / "harbour").mkdir()
    (folder / "harbour" / "ferry.md").write_text(PAGE, "utf-8")
    assert build(folder).exit_code == 0
    return folder


@pytest.fixture
def folder(built: Path, tmp_path: Path) -> Path:
    shutil.copytree(built, tmp_path, dirs_exist_ok=True)
    return tmp_path


def build(folder: Path, *options: str) -> Result:
    arguments = ["build", str(folder / "harbour"), "--out", str(folder / "out"), *options]
    return CliRunner().invoke(main, arguments)


def files(folder: Path) -> dict[Path, bytes]:
    return {file: file.read_bytes() for file in folder.rglob("*.*") if file.suffix != ".md"}


@pytest.mark.parametrize("old", HIDDEN)
def test_what_is_hidden_stops_the_build(folder: Path, old: str) -> None:
    new, lost = HIDDEN[old]
    before = files(folder)
    (folder / "harbour" / "ferry.md").write_text(PAGE.replace(old, new), "utf-8")
    result = build(folder)
    assert result.exit_code == 1
    assert lost in result.output
    assert files(folder) == before


@pytest.mark.parametrize("old", HIDDEN_FROM_HTTP)
def test_what_is_hidden_on_a_page_of_an_http_api_stops_the_build(tmp_path: Path, old: str) -> None:
    new, lost = HIDDEN_FROM_HTTP[old]
    (tmp_path / "harbour").mkdir()
    page = tmp_path / "harbour" / "boats.md"
    page.write_text(BOATS, "utf-8")
    assert build(tmp_path).exit_code == 0
    page.write_text(BOATS.replace(old, new), "utf-8")
    result = build(tmp_path)
    assert (result.exit_code, lost in result.output) == (1, True), result.output


@pytest.mark.parametrize("old", REMOVED)
def test_what_is_removed_does_not(folder: Path, old: str) -> None:
    page = PAGE.replace(old, REMOVED[old])
    if "### leave" in old:
        page = page.replace("| leave | DockRequest | DockInfo |\n", "")
    (folder / "harbour" / "ferry.md").write_text(page, "utf-8")
    result = build(folder)
    assert (result.exit_code, "lost-declaration" in result.output) == (0, False), result.output


def test_losses_can_be_accepted_once(folder: Path) -> None:
    old, (new, _) = next(iter(HIDDEN.items()))
    (folder / "harbour" / "ferry.md").write_text(PAGE.replace(old, new), "utf-8")
    assert build(folder, "--accept-losses").exit_code == 0
    assert '"speed": {"number": 2' in (folder / "harbour" / "lock.json").read_text("utf-8")
    assert build(folder).exit_code == 0


def test_a_missing_lock_stops_a_build_that_would_give_other_numbers(folder: Path) -> None:
    (folder / "harbour" / "lock.json").unlink()
    assert build(folder).exit_code == 0
    (folder / "harbour" / "lock.json").unlink()
    text = PAGE.replace("| speed |", "| name | string |  |  |\n| speed |")
    (folder / "harbour" / "ferry.md").write_text(text, "utf-8")
    result = build(folder)
    assert result.exit_code == 1
    lost = "harbour.v1.DockRequest.speed would get number 3, and has 2 in the last outputs"
    assert lost in result.output
    assert build(folder, "--accept-losses").exit_code == 0


@pytest.mark.parametrize(("new", "reads"), [("Docks now.", 0), ("", 1)])
def test_only_a_build_that_may_lose_services_reads_the_last_model(
    folder: Path, monkeypatch: pytest.MonkeyPatch, new: str, reads: int
) -> None:
    """A page with another text, or without a route."""
    read: list[object] = []
    monkeypatch.setattr(api_json, "last_built", read.append)
    old = "> **POST** /harbour/v1/ferry/leave\n"
    text = PAGE.replace(old, f"{new and old}\n> {new}\n" if new else "")
    (folder / "harbour" / "ferry.md").write_text(text, "utf-8")
    assert "api.json" in build(folder, "--check").output
    assert len(read) == reads


def test_a_second_build_loses_nothing_where_later_pages_repeat_each_other(tmp_path: Path) -> None:
    """Two pages declare Size alike, and unlike the first page: the lock has one name for both."""
    pages = tmp_path / "harbour"
    pages.mkdir()
    for page, type_ in (("Car", "int32"), ("Post", "string"), ("Train", "string")):
        text = PAGE.replace("Ferry", page).replace("Dock", page)
        size = f"\n### Size\n\n| Field | Type |\n| --- | --- |\n| width | {type_} |\n"
        (pages / f"{page}.md").write_text(f"{text}| size | Size |  |  |\n{size}", "utf-8")
    first = build(tmp_path)
    assert first.exit_code == 0, first.output
    declared = files(tmp_path)
    again = build(tmp_path)
    assert again.exit_code == 0, again.output
    assert files(tmp_path) == declared
    protos = "".join(path.read_text("utf-8") for path in tmp_path.rglob("*.proto"))
    assert protos.count("message Size {") + protos.count("message PostSize {") == 2
    assert "TrainSize" not in protos


@thorough
@pytest.mark.slow
@pytest.mark.parametrize("name", sorted(path.parent.name for path in OTHER.glob("*/pages")))
def test_a_second_build_of_unchanged_pages_loses_nothing(name: str, tmp_path: Path) -> None:
    shutil.copytree(OTHER / name / "pages", tmp_path / "harbour")
    for _ in range(2):
        result = build(tmp_path)
        assert result.exit_code == 0, result.output[-3000:]
