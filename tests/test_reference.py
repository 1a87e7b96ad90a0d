"""The reference of an API: all declarations on one page, with their places, and command lines."""

from __future__ import annotations

import json
import subprocess
from pathlib import Path
from typing import Any
from urllib.parse import quote

import pytest
from bs4 import BeautifulSoup, Tag
from closed_html import ClosedHtml
from serving import write_spec

from apiscribe.emit import emit_sorted
from apiscribe.emit.http_client.routes import client_route
from apiscribe.emit.reference.command_lines import CommandView, curl, grpcurl
from apiscribe.model.api import Api
from apiscribe.sources.compilation import compile_folder

ROOT = Path(__file__).parent.parent
ONLY = frozenset({"reference"})

PAGE = """# Ferry

> **Package : harbour.v1**

## Ferry

A ferry of *HOSTILE*.

| Method | Request | Response |
| :--- | :--- | :--- |
| get | GetFerryRequest | FerryInfo |
| sink | GetFerryRequest | FerryInfo |
| call | CallRequest | FerryInfo |

### get

> **POST** /harbour/v1/ferry/get

### sink

> **POST** /harbour/v1/ferry/{ferry_id}/sink

## Message

### GetFerryRequest

| Field | Type | Required | Description |
| :--- | :--- | :---: | :--- |
| ferry_id | string | ✅ | Identifier of `one` ferry. |
| speed | integer |  |  |

### CallRequest

| Field | Type | Required | Description |
| :--- | :--- | :---: | :--- |
| name | string | ✅ | HOSTILE |
| kind | CallKind | ✅ |  |

### FerryInfo

| Field | Type | Required | Description |
| :--- | :--- | :---: | :--- |
| ferry_id | string |  |  |

## Enum

### CallKind

| Value | Description |
| :--- | :--- |
| NONE |  |
| LOUD |  |
"""
HOSTILE = "</template></script><script>alert(1)</script><img src=x onerror=alert(2)> `</pre>` $(id)"


def reference(api: Api, report: Any) -> BeautifulSoup:
    """Return the page, with sections for its templates: CSS selectors find nothing in templates."""
    (output,) = (o for o in emit_sorted(api, report, chosen=ONLY) if o.path.endswith(".html"))
    text = output.content.decode()
    ClosedHtml(text)
    text = text.replace("<template", "<section").replace("</template", "</section")
    return BeautifulSoup(text, "html.parser")


@pytest.fixture(scope="module")
def harbour(tmp_path_factory: pytest.TempPathFactory) -> BeautifulSoup:
    files = {"pages/ferry.md": PAGE.replace("HOSTILE", HOSTILE)}
    compilation = compile_folder(write_spec(tmp_path_factory.mktemp("specs") / "harbour", files))
    assert not compilation.report.has_errors
    return reference(compilation.api, compilation.report)


def part(page: BeautifulSoup, name: str) -> Tag:
    found = page.find(id=f"/{name}")
    assert isinstance(found, Tag), name
    return found


def method(page: BeautifulSoup, name: str) -> Tag:
    (found,) = page.select(f'[data-method="harbour.v1.Ferry.{name}"]')
    return found


def command(page: BeautifulSoup, name: str, program: str) -> list[str]:
    """Return the arguments of a command line as a shell passes them."""
    lines = [pre.get_text() for pre in method(page, name).select(".command pre")]
    (line,) = (line for line in lines if line.startswith(f"{program} "))
    return arguments(line, program)


def arguments(line: str, program: str) -> list[str]:
    """Run a command line with a function in place of the program, and return its arguments."""
    script = f'{program}() {{ printf "%s\\0" "$@"; }}\n{line}'
    done = subprocess.run(["sh", "-c", script], capture_output=True, check=True, text=True)
    return done.stdout.split("\0")[:-1]


@pytest.mark.parametrize("name", ["invoicing", "spaceone"])
def test_every_declaration_is_shown_with_its_lines(name: str) -> None:
    compilation = compile_folder(ROOT / "specs" / name)
    api = compilation.api
    page = reference(api, compilation.report)
    for file, service in api.services():
        shown = part(page, service.full_name).get_text()
        for each in service.methods:
            assert f"{file.page}:{each.span.lines}" in shown
            assert f"/{service.full_name}/{each.name}" in shown
            assert all(route.path in shown for route in each.routes)
    for _, message in api.messages():
        fields = part(page, message.full_name).select("tbody tr")
        assert len(fields) == len(message.fields)
        for row, field in zip(fields, message.fields, strict=True):
            assert row.select("td")[0].get_text().startswith(f"{field.json_name} {field.number}")
            assert field.span.lines in row.select("td")[3].get_text()
            assert ("required" in row.select("td")[1].get_text()) == bool(field.required)
    enums = [enum for file in api.files for enum in file.all_enums()]
    for enum in enums:
        assert len(part(page, enum.full_name).select("tbody tr")) == len(enum.values)


def test_every_link_leads_to_a_part_or_a_rule(harbour: BeautifulSoup) -> None:
    targets = {str(each["id"]) for each in harbour.select("section[id^='/']")}
    rules = {f"/rule/{each['data-rule']}" for each in harbour.select("[data-rule]")}
    methods = {f"/harbour.v1.Ferry/{each['data-name']}" for each in harbour.select("[data-method]")}
    links = {str(each["href"])[1:] for each in harbour.select("a[href^='#']")}
    assert links - {"/"} <= targets | rules | methods
    assert rules <= links
    assert targets <= links
    included = {str(each["data-include"]) for each in harbour.select("[data-include]")}
    assert included <= targets


def test_an_inferred_fact_names_its_rule(harbour: BeautifulSoup) -> None:
    speed = part(harbour, "harbour.v1.GetFerryRequest").select("tbody tr")[1]
    assert speed.select_one('a[href="#/rule/type-word"]')
    assert "type by type-word" in speed.get_text()
    (rule,) = harbour.select('[data-rule="type-word"]')
    about = rule.find_next_sibling("dd")
    assert about
    assert about.get_text()


def test_a_method_says_who_answers_it(harbour: BeautifulSoup) -> None:
    answers = {name: method(harbour, name) for name in ("get", "call")}
    assert "Standard method get. The server implements it." in answers["get"].get_text()
    assert answers["get"].select(".answer.itself")
    assert "Needs a handler" in answers["call"].get_text()
    assert answers["call"].select(".answer.nothing")


def test_a_command_line_sends_what_a_method_requires(harbour: BeautifulSoup) -> None:
    assert command(harbour, "get", "curl") == [
        "http://127.0.0.1:8080/harbour/v1/ferry/get",
        *("--json", '{"ferry_id": "FERRY_ID"}'),
    ]
    assert command(harbour, "sink", "curl")[0] == (
        "http://127.0.0.1:8080/harbour/v1/ferry/FERRY_ID/sink"
    )
    words = command(harbour, "call", "grpcurl")
    assert words[:2] == ["-plaintext", "-d"]
    assert json.loads(words[2]) == {"name": "NAME", "kind": "LOUD"}
    assert words[3:] == ["127.0.0.1:50051", "harbour.v1.Ferry/call"]
    assert "The pages state no route" in method(harbour, "call").get_text()


@pytest.mark.parametrize("text", ["'; id; '", "$(id) `id` $HOME", "a\\\n b", "-o x", '"'])
def test_a_shell_reads_a_request_as_text(text: str, tmp_path: Path) -> None:
    api = compile_folder(write_spec(tmp_path / "harbour", {"pages/ferry.md": PAGE})).api
    ((_, service),) = api.services()
    get, sink = service.methods[:2]
    message = next(m for _, m in api.messages() if m.full_name == get.request)
    request = {"ferry_id": text}
    words = arguments(plain(grpcurl(service, get, request)), "grpcurl")
    assert json.loads(words[2]) == request
    words = arguments(plain(curl(get, client_route(get, message), request, [])), "curl")
    assert json.loads(words[-1]) == request
    words = arguments(plain(curl(sink, client_route(sink, message), request, [])), "curl")
    assert words[0].split("/")[-2] == quote(text, safe="")


def plain(view: CommandView) -> str:
    """Return the text of a command, as a reader copies it."""
    return BeautifulSoup("\n".join(view.lines), "html.parser").get_text()
