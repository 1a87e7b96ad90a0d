"""What is written as pages is read as it was."""

from __future__ import annotations

import re
import shutil
import subprocess
import tempfile
import tomllib
from dataclasses import replace
from pathlib import Path

import pytest
from bs4 import BeautifulSoup
from click.testing import CliRunner
from drafts import apis
from hypothesis import assume, given
from score import CORPUS, versions
from thorough import examples, parameters

from apiscribe.commands import main
from apiscribe.commands.convert import convert
from apiscribe.emit.pages import FORMS as ALL_FORMS
from apiscribe.emit.pages import emit_pages
from apiscribe.emit.pages.references import page_paths
from apiscribe.emit.pages.text import settled
from apiscribe.emit.proto import emit_proto
from apiscribe.emit.render_task import render_all
from apiscribe.model.api import Api, Enum, File, Message, Method, Service
from apiscribe.model.api_text import api_text
from apiscribe.sources.compilation import Compilation, compile_folder

# protoc-gen-doc loses some facts; test_convert_protoc_gen_doc.py lists them.
FORMS = tuple(form for form in ALL_FORMS if form != "protoc-gen-doc")
UNSEEN = re.compile(r"\\u(00ad|200b|2060|feff)")
# The pages of invoicing are about HTTP: no other form has their statuses and the bodies of errors.
SPECS = [Path(__file__).parent.parent / "specs" / name for name in ("cloudforet", "spaceone")]


def compared(api: Api) -> Api:
    """All of an Api that pages must carry. Left out are spans (they never compare), `provenance`,
    the path and dialect of pages, and files that declare nothing.

    Descriptions are compared `settled`: no page can hold blanks around a line, a second empty line
    or a no-break space.
    """

    def enum(each: Enum) -> Enum:
        return replace(each, provenance={})

    def message(each: Message) -> Message:
        fields = [
            replace(f, description=settled(f.description), provenance={}) for f in each.fields
        ]
        return replace(
            each,
            description=settled(each.description),
            fields=tuple(fields),
            enums=tuple(map(enum, each.enums)),
            # Pages have the identifier of a message that a service of its name renames.
            documented_name="",
            provenance={},
        )

    def method(each: Method) -> Method:
        routes = tuple(replace(route, provenance={}) for route in each.routes)
        return replace(each, description=settled(each.description), routes=routes, provenance={})

    def service(each: Service) -> Service:
        resource = each.resource and replace(each.resource, provenance={})
        return replace(
            each,
            description=settled(each.description),
            methods=tuple(map(method, each.methods)),
            resource=resource,
            provenance={},
        )

    def file(each: File) -> File:
        return replace(
            each,
            page="",
            dialect="",
            description=settled(each.description),
            services=tuple(map(service, each.services)),
            messages=tuple(map(message, each.messages)),
            enums=tuple(map(enum, each.enums)),
        )

    files = [file(each) for each in api.files if each.services or each.messages or each.enums]
    return Api(name=api.name, files=tuple(files))


def protos(api: Api) -> dict[str, str]:
    return {output.path: output.content.decode() for output in render_all(emit_proto(api))}


def written(api: Api, form: str, folder: Path) -> Path:
    for output in emit_pages(api, form):
        file = folder / output.path
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_bytes(output.content)
    return folder


def read_again(api: Api, form: str) -> Compilation:
    with tempfile.TemporaryDirectory() as folder:
        return compile_folder(written(api, form, Path(folder)))


def assert_same(before: Api, *readings: Compilation) -> None:
    """Check that each reading is of the same Api."""
    expected = compared(before)
    expected_protos = protos(expected)
    for after in readings:
        assert [str(found) for found in after.report.at("error")] == []
        assert [str(found) for found in after.report if found.code == "unread-block"] == []
        found = compared(after.api)
        texts = [re.sub(r" :\d+(?:-\d+)?", "", api_text(each)) for each in (found, expected)]
        assert texts[0] == texts[1]
        assert found == expected
        assert protos(found) == expected_protos


@pytest.mark.filterwarnings("error")
@pytest.mark.parametrize("form", FORMS)
@examples(15)
@given(api=apis())
def test_written_pages_are_read_as_the_same_api(form: str, api: Api) -> None:
    # Reading drops characters that a reader does not see: no page has a name of them.
    assume(not UNSEEN.search(api_text(api)))
    if compared(api).files:
        assert_same(api, read_again(api, form))


@pytest.mark.parametrize("form", FORMS)
@pytest.mark.parametrize("spec", SPECS, ids=lambda spec: spec.name)
def test_the_samples_move_from_form_to_form(spec: Path, form: str) -> None:
    before = compile_folder(spec).api
    after = read_again(before, form)
    assert_same(before, after, *(read_again(after.api, other) for other in FORMS))


@pytest.mark.slow
@pytest.mark.skipif(
    not (CORPUS / "truth").is_dir(),
    reason="no corpus: APISCRIBE_CORPUS names no folder with truth/",
)
@pytest.mark.parametrize("version", parameters(versions()))
def test_a_version_moves_from_form_to_form(version: str) -> None:
    before = compile_folder(CORPUS / "corpus" / version).api
    assert_same(before, *(read_again(before, form) for form in FORMS))


@pytest.mark.parametrize("form", FORMS)
def test_writing_twice_gives_the_same_bytes(form: str) -> None:
    before = compile_folder(SPECS[0]).api
    once = emit_pages(before, form)
    assert emit_pages(read_again(before, form).api, form) == once


# `only` and `results` are lists by rules, and here they are none.
DENIED = """\
# Book

> **Package : shop.v1**

## Message

### Page
| Field | Type | Required | Description |
| :--- | :--- | :--- | :--- |
| results | Page | | |
| total_count | int32 | | |
| only | string | | |
| with "quotes" | string | | |
"""
DENIAL = """\
[[change]]
at = ["shop.v1.Page.results", "shop.v1.Page.only"]
was = {}
set = { repeated = false }
reason = "There is one."
"""


@pytest.fixture
def denied(tmp_path: Path) -> Path:
    (tmp_path / "specs" / "shop" / "pages").mkdir(parents=True)
    (tmp_path / "specs" / "shop" / "pages" / "book.md").write_text(DENIED, "utf-8")
    (tmp_path / "specs" / "shop" / "overlay.toml").write_text(DENIAL, "utf-8")
    return tmp_path / "specs" / "shop"


@pytest.mark.parametrize("form", FORMS)
def test_the_overlay_holds_facts_that_pages_cannot(form: str, denied: Path) -> None:
    before = compile_folder(denied).api
    (overlay,) = (o for o in emit_pages(before, form) if o.path == "overlay.toml")
    (entry,) = tomllib.loads(overlay.content.decode())["change"]
    assert entry["at"] == ["shop.v1.Page.results", "shop.v1.Page.only"]
    assert entry["set"] == {"repeated": False}
    assert entry["was"] == {}
    assert entry["reason"]
    assert_same(before, read_again(before, form))


@pytest.mark.parametrize("form", FORMS)
def test_complete_pages_need_no_overlay(form: str) -> None:
    for spec in SPECS:
        paths = {output.path for output in emit_pages(compile_folder(spec).api, form)}
        assert "overlay.toml" not in paths


def run(*arguments: object) -> tuple[int, str]:
    result = CliRunner().invoke(main, ["convert", *map(str, arguments)])
    return result.exit_code, result.output


def test_the_command_takes_every_form() -> None:
    (form,) = (option for option in convert.params if option.name == "form")
    assert tuple(form.type.choices) == ALL_FORMS  # type: ignore[attr-defined]


def test_the_command_writes_a_spec_and_writes_over_it(denied: Path, tmp_path: Path) -> None:
    out = tmp_path / "out"
    assert run(denied, "--form", "hugo", "--out", out) == (
        0,
        f"{out}/shop: 5 written, 0 up to date\n",
    )
    assert "**total" in (out / "shop" / "pages" / "book.md").read_text("utf-8")
    status, output = run(denied, "--form", "gitbook", "--out", out)
    assert (status, output) == (0, f"{out}/shop: 2 written, 3 up to date\n")
    assert "| total" in (out / "shop" / "pages" / "book.md").read_text("utf-8")
    assert compile_folder(out / "shop").report.at("error") == []


@pytest.mark.parametrize("stranger", ["mine.md", "pages/mine.md", "pages/book.md"])
def test_the_command_keeps_off_folders_that_hold_other_files(
    denied: Path, tmp_path: Path, stranger: str
) -> None:
    file = tmp_path / "out" / "shop" / stranger
    file.parent.mkdir(parents=True)
    file.write_text("mine")
    status, output = run(denied, "--form", "hugo", "--out", tmp_path / "out")
    assert status == 2
    assert f"{stranger} was not written by `apiscribe convert`" in output
    assert file.read_text() == "mine"
    assert [each for each in (tmp_path / "out").rglob("*") if each.is_file()] == [file]


def test_one_folder_in_the_way_stops_all_specs(denied: Path, tmp_path: Path) -> None:
    (tmp_path / "out" / "spaceone").mkdir(parents=True)
    (tmp_path / "out" / "spaceone" / "mine.md").write_text("mine")
    spaceone = next(spec for spec in SPECS if spec.name == "spaceone")
    assert run(denied, spaceone, "--form", "hugo", "--out", tmp_path / "out")[0] == 2
    assert not (tmp_path / "out" / "shop").exists()


def test_pages_with_errors_stop_the_command(denied: Path, tmp_path: Path) -> None:
    page = denied / "pages" / "book.md"
    page.write_text(DENIED.replace("| int32 |", "| two words |"), "utf-8")
    status, output = run(denied, "--form", "hugo", "--out", tmp_path / "out")
    assert status == 1
    assert "malformed-type" in output
    assert "nothing was written" in output
    assert not (tmp_path / "out").exists()


# A site with nothing but what prints its pages.
SITE = {
    "hugo.toml": """\
baseURL = "https://example.org/"
disableKinds = ["home", "section", "taxonomy", "term", "RSS", "sitemap", "404"]
[markup.goldmark.extensions]
typographer = false  # it would turn the quotes of the pages into others
""",
    "layouts/_default/single.html": "<html><body>{{ .Content }}</body></html>",
    "layouts/shortcodes/tabs.html": "<div>{{ .Inner }}</div>",
    "layouts/shortcodes/tab.html": "\n{{ .Inner }}\n",
}


def rendered(api: Api, folder: Path) -> dict[str, BeautifulSoup]:
    """What Hugo makes of the pages: path of the `.proto` → the HTML of its page."""
    for path, text in SITE.items():
        (folder / path).parent.mkdir(parents=True, exist_ok=True)
        (folder / path).write_text(text)
    for output in emit_pages(api, "hugo"):
        if output.path.startswith("pages/"):
            file = folder / "content" / output.path.removeprefix("pages/")
            file.parent.mkdir(parents=True, exist_ok=True)
            file.write_bytes(output.content)
    subprocess.run(
        ["hugo", "--quiet", "--config", "hugo.toml"], cwd=folder, check=True, capture_output=True
    )
    # Hugo makes a folder of each page.
    folders = {
        path: folder / "public" / page.removeprefix("pages/").removesuffix(".md").lower()
        for path, page in page_paths(api).items()
    }
    return {
        path: BeautifulSoup((home / "index.html").read_text("utf-8"), "html.parser")
        for path, home in folders.items()
    }


def texts(html: BeautifulSoup, tag: str) -> list[str]:
    return [" ".join(found.get_text().split()) for found in html.find_all(tag)]


HOSTILE = """\
# Book

> **Package : shop.v1**

## Book

{% hint style="info" %}
**Book Methods:**
{% endhint %}

| Method | Request Type | Response Type |
| :--- | :--- | :--- |
| get_ | **`stream`** Page_ | Page_ |

### get_

> **GET** /book/{isbn}/*a*

&#35; no heading, {&#37; no_tag %}, {&#123;&lt; no_tag >}}, {{% no_tag %}}, &lt;script>alert(1)&lt;/script>

{% tabs %}
{% tab title="Response Example" %}
```json
{"isbn": "{{< no_tag >}}", "name": "{{% no_tag %}}", "title": "````"}
```
{% endtab %}
{% endtabs %}

## Message

### Page_
| Field | Type | Required | Description |
| :--- | :--- | :--- | :--- |
| isbn | string | ✅ | a \\| b &lt;script>alert(2)&lt;/script> {{&lt; no_tag >}} |
| \\_a\\_ | list of string | ❌ | - one<br>- two<br># three |
| with \\*stars\\* | string | | \\* a<br><br>1. b |
| {{&lt; x >}} | string | | |
"""


LENDING = """\
# Loan

> **Package : shop.lending.v1**

## Loan

**Loan Methods:**

| Method | Request | Response |
| :--- | :--- | :--- |
| begin | LoanInfo | shop.v1.Page_ |

## Message

### LoanInfo
| Field | Type |
| :--- | :--- |
| page | shop.v1.Page_ |
"""


@pytest.mark.skipif(shutil.which("hugo") is None, reason="needs hugo")
def test_links_lead_to_headings_of_the_site(tmp_path: Path) -> None:
    for path, text in (("Book.md", HOSTILE), ("lending/v1/Loan_begin.md", LENDING)):
        page = tmp_path / "shop" / "pages" / path
        page.parent.mkdir(parents=True, exist_ok=True)
        page.write_text(text, "utf-8")
    rendered(compile_folder(tmp_path / "shop").api, tmp_path / "site")
    public = tmp_path / "site" / "public"
    elsewhere = 0
    for page in public.rglob("index.html"):
        for link in BeautifulSoup(page.read_text("utf-8"), "html.parser").find_all("a"):
            path, _, heading = link["href"].partition("#")
            target = (page.parent / path / "index.html").resolve()
            assert target.is_relative_to(public.resolve()), link
            found = BeautifulSoup(target.read_text("utf-8"), "html.parser")
            assert found.find(["h2", "h3"], id=heading), link
            elsewhere += bool(path)
    assert elsewhere


@pytest.mark.skipif(shutil.which("hugo") is None, reason="needs hugo")
def test_hugo_renders_the_written_pages(tmp_path: Path) -> None:
    (tmp_path / "shop" / "pages").mkdir(parents=True)
    (tmp_path / "shop" / "pages" / "Book.md").write_text(HOSTILE, "utf-8")
    for number, spec in enumerate([tmp_path / "shop", *SPECS]):
        compilation = compile_folder(spec)
        assert compilation.report.at("error") == []
        html = rendered(compilation.api, tmp_path / f"site{number}")
        for file in compilation.api.files:
            page = html[file.path]
            headings, strong = texts(page, "h3"), texts(page, "strong")
            cells = texts(page, "td")
            assert f"Package : {file.package}" in strong
            for service in file.services:
                assert service.name in texts(page, "h2")
                for method in service.methods:
                    assert method.name in headings
                    assert method.name in cells
                    for route in method.routes:
                        assert f"{route.verb} {route.path}" in " ".join(texts(page, "blockquote"))
            for message in file.messages:
                assert message.name in headings
                (below,) = (each for each in page.find_all("h3") if each.text == message.name)
                for field in message.fields:
                    item = next(
                        item
                        for item in below.find_next("ul").find_all("li")
                        if item.strong.get_text() == field.json_name
                    )
                    assert (item.find("code", string="Required") is not None) == bool(
                        field.required
                    )
                    assert (item.find("code", string="Repeated") is not None) == field.repeated
                    assert not item.find(["ul", "ol", "h1", "script", "table"])
            for enum in file.all_enums():
                assert {value.json_name for value in enum.values} <= set(cells)
            assert page.find("script") is None
            assert "raw HTML omitted" not in str(page)
        if number == 0:
            code = [each.get_text() for each in html["shop/v1/book.proto"].find_all("pre")]
            assert code == [
                '{"isbn": "{{< no_tag >}}", "name": "{{% no_tag %}}", "title": "````"}\n'
            ]
