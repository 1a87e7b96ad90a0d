"""openapi.json: what pages state, as OpenAPI 3.1, and read back again."""

from __future__ import annotations

import json
import re
import subprocess
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
import yaml
from click.testing import CliRunner
from hypothesis import given
from hypothesis import strategies as st
from installations import install_packages, kept
from jsonschema import Draft202012Validator
from markdown_it import MarkdownIt
from openapi_pages import HARBOUR, api, document, field, message, method, quays, route, written
from openapi_spec_validator import validate
from serving import SPECS, write_spec
from test_cases import FOLDERS
from thorough import examples

from apiscribe.commands import main
from apiscribe.drift.compare import compare
from apiscribe.emit.encoders import markdown
from apiscribe.emit.openapi_paths import openapi_path
from apiscribe.emit.yaml_text import yaml_text
from apiscribe.model.api import Api, Service
from apiscribe.model.facts import ApiFacts
from apiscribe.model.types import Map, MessageRef, Scalar
from apiscribe.sources.compilation import compile_folder
from apiscribe.sources.kinds import open_source

SPECTRAL = "@stoplight/spectral-cli@6.15.0"
REF = "#/components/schemas/"
BERTH = "/harbour/v1/berth/{berth_id}"


@pytest.fixture(scope="module")
def harbour(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write_spec(tmp_path_factory.mktemp("specs") / "harbour", HARBOUR)


@pytest.fixture(scope="module")
def built(harbour: Path) -> Any:
    return document(compile_folder(harbour).api)


def check(content: Any) -> None:
    """It is OpenAPI 3.1, each schema is JSON Schema, and each example is of its schema."""
    validate(content)
    for item in content["paths"].values():
        for operation in item.values():
            bodies = [operation.get("requestBody", {}), *operation["responses"].values()]
            for media in (m for body in bodies for m in body.get("content", {}).values()):
                schema = {**media["schema"], "components": content.get("components", {})}
                for shown in media.get("examples", {}).values():
                    Draft202012Validator(schema).validate(shown["value"])


def parameters(operation: Any) -> dict[tuple[str, str], Any]:
    return {(p["in"], p["name"]): p for p in operation["parameters"]}


# ---- pages


@pytest.mark.parametrize("name", ["spaceone", "cloudforet"])
def test_the_documents_of_the_sample_specs_are_openapi(name: str) -> None:
    check(document(compile_folder(SPECS / name).api))


def test_the_documents_of_all_cases_are_openapi() -> None:
    """All whose expected model has a route."""
    texts = {folder: folder / "api.txt" for folder in FOLDERS}
    with_routes = [
        folder
        for folder, file in texts.items()
        if file.exists() and re.search("^ +[A-Z]+ /", file.read_text("utf-8"), re.MULTILINE)
    ]
    assert len(with_routes) > 100
    for folder in with_routes:
        check(document(compile_folder(folder).api))


def test_an_operation_has_the_words_of_its_page(built: Any) -> None:
    get = built["paths"][BERTH]["get"]
    found = parameters(get)
    assert set(found) == {("path", "berth_id")}
    assert found["path", "berth_id"]["description"] == "The name of the berth."
    assert get["description"] == "Reads one berth."
    assert (get["operationId"], get["tags"]) == ("Berth.get", ["Berth"])
    assert get["x-apiscribe-source"] == "pages/berth.md"
    assert "required" not in built["components"]["schemas"]["BerthInfo"]


def test_a_path_has_one_segment_for_each_parameter(tmp_path: Path) -> None:
    request = message("Get", field("name", "string", required=True))
    template = "/v1/{name=docks/*/berths/*}:read"
    of = api([method("get", "Get", "Get", route("GET", template))], [request])
    get = document(of)["paths"]["/v1/docks/{docks}/berths/{name}:read"]["get"]
    assert get["x-apiscribe-path"] == template
    assert set(parameters(get)) == {("path", "docks"), ("path", "name")}
    (service,) = [service for _, service in open_source(str(written(tmp_path, of))).api.services()]
    assert service.methods[0].routes[0].path == template


@pytest.mark.parametrize(
    ("template", "path"),
    [
        ("/v1/{name=**}", "/v1/{name}"),
        ("/v1/{name=a/*}/b", "/v1/a/{name}/b"),
        ("/v1/{a.b}/{a.b}", "/v1/{a.b}/{a.b_2}"),
        ("/v1/files/*/x", "/v1/files/{files}/x"),
        ("/v1/{id}:run?x=1", "/v1/{id}:run"),
        ("/v1/}odd{/x", "/v1/%7Dodd%7B/x"),
        ("/*", "/{part}"),
    ],
)
def test_paths_of_routes_become_paths_of_openapi(template: str, path: str) -> None:
    assert openapi_path(template).text == path


def test_fields_without_a_body_are_in_the_query(built: Any) -> None:
    paths = built["paths"]["/harbour/v1/berths"]["get"]
    found = parameters(paths)
    assert set(found) == {("query", n) for n in ("keyword", "tides", "page.start", "page.limit")}
    assert found["query", "page.limit"]["schema"] == {"type": "integer", "format": "int64"}
    items = found["query", "tides"]["schema"]["items"]
    assert items["contentSchema"] == {"$ref": f"{REF}TideRange"}
    search = built["paths"]["/harbour/v1/berths/search"]["post"]
    assert search["operationId"] == "Berth.list.2"
    assert "parameters" not in search
    content = search["requestBody"]["content"]["application/json"]
    assert content["schema"] == {"$ref": f"{REF}BerthQuery"}


def test_the_rest_of_the_fields_is_the_body(built: Any) -> None:
    move = built["paths"][f"{BERTH}/move"]["put"]
    assert set(parameters(move)) == {("path", "berth_id")}
    body = move["requestBody"]
    schema = body["content"]["application/json"]["schema"]
    assert (body["required"], schema["required"]) == (True, ["to"])
    assert schema["properties"]["depths"]["additionalProperties"] == {"$ref": f"{REF}TideRange"}
    drop = built["paths"]["/harbour/v1/berths/{number}"]["delete"]
    assert set(parameters(drop)) == {("path", "number"), ("query", "berth_id")}
    assert drop["responses"] == {"200": {"description": "OK"}}


def test_types_are_those_of_their_json(built: Any) -> None:
    fields = built["components"]["schemas"]["BerthInfo"]["properties"]
    assert fields["mooring"] == {"$ref": f"{REF}Mooring"}
    assert fields["draught"]["format"] == "float"
    assert fields["draught"]["description"] == "\\<b>Metres\\</b> below `<water>`."
    assert fields["photo"]["contentEncoding"] == "base64"
    assert fields["free_since"] == {"type": "string", "format": "date-time"}
    assert fields["extra"] == {"type": "object", "additionalProperties": True}
    assert fields["note"] == {}
    # No page declares it.
    assert built["components"]["schemas"]["CaptainInfo"]["additionalProperties"] is True
    moorings = built["components"]["schemas"]["Mooring"]
    assert (moorings["type"], moorings["enum"]) == ("string", ["ROPE", "CHAIN"])


def test_methods_without_a_route_are_named_once(built: Any) -> None:
    assert built["info"]["description"].count("Berth.reckon") == 1
    assert "Berth.get" not in built["info"]["description"]
    assert "ReckonRequest" not in built["components"]["schemas"]


def test_a_spec_without_routes_has_no_document() -> None:
    empty = method("a", "google.protobuf.Empty", "google.protobuf.Empty")
    with pytest.raises(ValueError, match="not enough values"):
        document(api([empty], []))


def test_versions_are_those_of_packages_or_paths(built: Any) -> None:
    assert built["info"] | {"description": ""} == {
        "title": "harbour",
        "version": "v1",
        "description": "",
    }
    assert document(replace(quays(), facts=ApiFacts()))["info"]["version"] == "0"
    settings = {"title": "Mine", "version": "7"}
    assert document(quays(), **settings)["info"].items() >= settings.items()


# ---- names


def test_only_equal_names_have_their_package() -> None:
    first = api(
        [method("get", "Thing", "Thing", route("GET", "/a"))],
        [message("Thing"), message("Other", field("x", "string"))],
    )
    second = replace(first.files[0], path="b.proto", package="piers")
    service = replace(second.services[0], full_name="piers.Piers", name="Piers")
    service = replace(
        service, methods=(method("get", "piers.Thing", "piers.Thing", route("GET", "/b")),)
    )
    thing = replace(first.files[0].messages[0], full_name="piers.Thing", incomplete=True)
    both = Api(
        name="x",
        files=(first.files[0], replace(second, services=(service,), messages=(thing,))),
    )
    content = document(both)
    assert set(content["components"]["schemas"]) == {"quays.Thing", "piers.Thing"}
    assert [tag["name"] for tag in content["tags"]] == ["Quays", "Piers"]
    assert set(document(first)["components"]["schemas"]) == {"Thing"}


def test_paths_that_differ_in_names_of_parameters_are_one() -> None:
    one = message("One", field("quay_id", "string"))
    two = message("Two", field("id", "string"))
    of = api(
        [
            method("a", "One", "google.protobuf.Empty", route("GET", "/q/{quay_id}")),
            method("b", "Two", "google.protobuf.Empty", route("DELETE", "/q/{id}")),
            method("c", "Two", "google.protobuf.Empty", route("GET", "/q/{id}")),
        ],
        [one, two],
    )
    content = document(of)
    validate(content)
    assert {path: set(item) for path, item in content["paths"].items()} == {
        "/q/{quay_id}": {"get", "delete"}
    }
    # `c` has the route of `a`.
    assert "`Quays.c`" in content["info"]["description"]


# ---- what pages about HTTP state


def test_facts_of_http_have_their_places() -> None:
    content = document(quays())
    check(content)
    info = content["info"]
    assert (info["title"], info["version"]) == ("Quays API", "2.1")
    assert info["description"].startswith("All quays.")
    assert content["servers"] == [
        {"url": "https://quays.example"},
        {"url": "https://{port}.example.net/v2", "variables": {"port": {"default": "port"}}},
    ]
    listed = content["paths"]["/quays"]["get"]
    assert listed["summary"] == "List quays"
    found = parameters(listed)
    assert found["query", "limit"]["schema"] == {
        "type": "integer",
        "format": "int32",
        "maximum": 200,
        "default": 100,
    }
    assert found["query", "filter"]["style"] == "deepObject"
    assert found["header", "X-Trace"]["required"] is True
    assert found["header", "X-Trace"]["schema"] == {"type": "string", "format": "uuid"}
    answer = listed["responses"]["200"]["content"]["application/json"]
    assert answer["schema"] == {"type": "array", "items": {"$ref": f"{REF}Quay"}}
    assert len(answer["examples"]) == 1


def test_authentication_is_read_back(tmp_path: Path) -> None:
    content = document(quays())
    schemes = content["components"]["securitySchemes"]
    assert schemes["bearer"] == {"type": "http", "scheme": "bearer", "description": "A token."}
    assert schemes["X-Key"] == {"type": "apiKey", "in": "header", "name": "X-Key"}
    assert schemes["login"]["flows"]["authorizationCode"]["scopes"] == {"read": "Look."}
    # OpenAPI has no OAuth without an address.
    assert schemes["other"] == {"type": "http", "scheme": "bearer"}
    assert content["security"] == [{"login": ["read"]}, {"basic": []}]
    assert "security" not in content["paths"]["/quays"]["get"]
    assert content["paths"]["/quays/{quay_id}"]["patch"]["security"] == [
        {"bearer": ["write"], "X-Key": []},
        {},
    ]
    read = open_source(str(written(tmp_path, quays()))).api
    facts = {scheme.name: scheme for scheme in read.facts.schemes}
    kept = {one.name: one for one in quays().facts.schemes if one.name != "other"}
    assert facts | kept == facts
    assert read.facts.security == quays().facts.security
    methods = {method.name: method for _, service in read.services() for method in service.methods}
    assert methods["change_quay"].security == ({"bearer": ("write",), "X-Key": ()}, {})
    assert methods["list_quays"].security is None


def test_answers_and_examples_are_by_status() -> None:
    content = document(quays())
    change = content["paths"]["/quays/{quay_id}"]["patch"]
    assert change["deprecated"] is True
    assert set(parameters(change)) == {("path", "quay_id"), ("query", "dry")}
    body = change["requestBody"]["content"]["application/json"]
    assert body["schema"] == {"$ref": f"{REF}Quay"}
    # "five" is no number: the other example is left out.
    assert body["examples"] == {"1": {"value": {"id": 5, "flag": None, "labels": ["a"]}}}
    assert list(change["responses"]) == ["200", "404"]
    missing = change["responses"]["404"]
    assert missing["description"] == "No such quay."
    assert len(missing["content"]["application/json"]["examples"]) == 1
    problem = content["components"]["schemas"]["Problem"]
    assert (problem["required"], problem["additionalProperties"]) == (["text"], True)


def test_fields_have_their_facts() -> None:
    quay = document(quays())["components"]["schemas"]["Quay"]
    fields = quay["properties"]
    assert fields["flag"] == {"anyOf": [{"$ref": f"{REF}Quay.Flag"}, {"type": "null"}]}
    assert fields["depth"]["minimum"] == 0
    assert "`maximum`" in fields["depth"]["description"]
    assert fields["labels"] == {
        "type": "array",
        "items": {"type": "string", "pattern": "^[a-z]+$"},
        "minItems": 1,
    }
    assert fields["by_phone"]["deprecated"] is True
    is_valid = Draft202012Validator({**quay, "properties": {}}).is_valid
    assert is_valid({"id": 1})
    assert is_valid({"id": 1, "by_post": "x"})
    assert not is_valid({"id": 1, "by_post": "x", "by_phone": "y"})
    assert not is_valid({})


def test_values_of_enums_have_their_descriptions() -> None:
    flag = document(quays())["components"]["schemas"]["Quay.Flag"]
    assert flag["anyOf"] == [{"type": "string", "enum": ["red", "old"]}, {"type": "string"}]
    assert flag["description"] == "- `red`: Closed.\n- `old` (deprecated)"


# ---- reading back


def routed(of: Api) -> dict[str, Any]:
    """What a document holds of an API: methods with routes and the messages in them, without the
    spans, numbers, names in protobuf and presence that it cannot have.
    """
    found: dict[str, Any] = {}
    for _, service in of.services():
        for m in service.methods:
            if m.routes:
                routes = [(r.verb, r.path) for r in m.routes]
                found[f"{service.full_name}.{m.name}"] = (routes, m.request, m.response)
    for _, one in of.messages():
        fields = {
            f.json_name: (f.type, f.repeated, f.nullable, f.deprecated, dict(f.constraints))
            for f in one.fields
        }
        found[one.full_name] = (fields, one.incomplete)
    for enum in (e for file in of.files for e in file.all_enums()):
        values = [(value.json_name, value.deprecated) for value in enum.documented_values]
        found[enum.full_name] = (values, enum.incomplete)
    return found


def test_a_document_is_read_back_as_the_pages(harbour: Path, tmp_path: Path) -> None:
    pages = compile_folder(harbour).api
    back = open_source(str(written(tmp_path, pages))).api
    expected, actual = routed(pages), routed(back)
    assert {name: actual.get(name) for name in expected if "eckon" not in name} == {
        name: value for name, value in expected.items() if "eckon" not in name
    }
    required = {
        (name.full_name, f.json_name): f.required
        for _, name in back.messages()
        for f in name.fields
    }
    assert required["harbour.v1.MoveBerthRequest", "to"] is True
    assert required["harbour.v1.MoveBerthRequest", "depths"] is False
    assert required["harbour.v1.TideRange", "low"] is True


def test_facts_of_http_are_read_back(tmp_path: Path) -> None:
    pages = quays()
    back = open_source(str(written(tmp_path, pages))).api
    expected, actual = routed(pages), routed(back)
    # No constraint: the page's `maximum` is a text.
    fields, _ = expected["quays.Quay"]
    fields["depth"][4].pop("maximum")
    assert actual == expected
    change = {m.name: m for _, service in back.services() for m in service.methods}["change_quay"]
    assert (change.routes[0].body, change.deprecated) == ("body", True)


@pytest.mark.parametrize("name", ["spaceone", "cloudforet"])
def test_pages_and_their_document_have_no_differences(name: str, tmp_path: Path) -> None:
    result = CliRunner().invoke(main, ["build", str(SPECS / name), "--out", str(tmp_path)])
    assert result.exit_code == 0, result.output
    spec, file = str(SPECS / name), str(tmp_path / name / "openapi.json")
    for sides in ((spec, file), (file, spec)):
        result = CliRunner().invoke(main, ["drift", *sides, "--fail-on", "safe"])
        assert "no changes" in result.output
        assert result.exit_code == 0


def test_services_that_only_have_methods_without_routes_are_not_missed(tmp_path: Path) -> None:
    pages = quays()
    (file,) = pages.files
    rest = Service(
        name="Rest",
        full_name="quays.Rest",
        methods=(method("a", "Problem", "Problem"),),
        span=file.services[0].span,
    )
    more = replace(
        pages,
        files=(
            file,
            replace(file, path="b.proto", page="pages/b.md", services=(rest,), messages=()),
        ),
    )
    old = open_source(str(written(tmp_path, pages)))
    kinds = {change.kind for change in compare(replace(old, api=more, unknown={}), old).changes}
    assert kinds <= {"constraint-changed"}


# ---- hostile pages, formats, tools

TEXTS = st.text(st.sampled_from("`<>[]()\\|:!&ab \n/jscript*_#-"), max_size=40)


@given(TEXTS)
def test_descriptions_have_no_html_and_no_links_to_scripts(text: str) -> None:
    tokens = (
        MarkdownIt("commonmark").enable("table").parse(markdown(f"{text}<script>[x](javascript:y)"))
    )
    inner = [child for token in tokens for child in (token, *(token.children or ()))]
    assert not [token for token in inner if token.type in ("html_block", "html_inline")]
    links = [str(token.attrs.get("href", "")) for token in inner if token.type == "link_open"]
    assert not [link for link in links if "script:" in link]


JSON = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.text(),
    lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
    max_leaves=20,
)


@examples(15)
@given(st.dictionaries(st.text(), JSON, min_size=1))
def test_yaml_is_the_same_value(value: dict[str, Any]) -> None:
    assert yaml.safe_load(yaml_text(value)) == value


def test_formats_are_a_setting(tmp_path: Path) -> None:
    spec = write_spec(tmp_path / "harbour", HARBOUR)
    (spec / "spec.toml").write_text('[openapi]\nformats = ["yaml", "json"]\n', "utf-8")
    arguments = ["build", str(spec), "--out", str(tmp_path / "out")]
    assert CliRunner().invoke(main, arguments).exit_code == 0
    out = tmp_path / "out" / "harbour"
    content = json.loads((out / "openapi.json").read_text("utf-8"))
    assert yaml.safe_load((out / "openapi.yaml").read_text("utf-8")) == content
    (spec / "spec.toml").write_text("[openapi]\nformats = []\n", "utf-8")
    assert CliRunner().invoke(main, arguments).exit_code == 0
    assert not list(out.glob("openapi.*"))


def test_a_recursive_message_ends_in_the_query() -> None:
    tree = message("Tree", field("leaf", "string"), field("next", MessageRef(name="quays.Tree")))
    of = api([method("get", "Tree", "Tree", route("GET", "/tree"))], [tree])
    check(document(of))


def test_patterns_of_pages_are_not_run() -> None:
    slow = message(
        "Slow",
        field("a", "string", constraints={"pattern": "^(a+)+$"}, default='"' + "a" * 60 + '!"'),
    )
    of = api([method("put", "Slow", "Slow", route("POST", "/slow"))], [slow])
    assert document(of)["components"]["schemas"]["Slow"]["properties"]["a"]["default"]


def test_maps_and_lists_have_their_own_examples() -> None:
    typed = Map(key="string", value=Scalar(name="int32"))
    of = api(
        [method("put", "M", "M", route("POST", "/m"))],
        [message("M", field("m", typed, default='{"a": "x"}'))],
    )
    (schema,) = document(of)["components"]["schemas"].values()
    assert "default" not in schema["properties"]["m"]
    assert "Default: " in schema["properties"]["m"]["description"]


@pytest.mark.slow
def test_spectral_has_no_error(
    request: pytest.FixtureRequest, harbour: Path, tmp_path: Path
) -> None:
    tools = kept(request, "spectral", SPECTRAL, lambda folder: install_packages(folder, [SPECTRAL]))
    (tmp_path / "rules.yaml").write_text('extends: ["spectral:oas"]\n', "utf-8")
    specs = (SPECS / "spaceone", SPECS / "cloudforet", harbour)
    documents = [*(compile_folder(spec).api for spec in specs), quays()]
    files = [tmp_path / f"{number}.json" for number in range(len(documents))]
    for file, of in zip(files, documents, strict=True):
        file.write_text(json.dumps(document(of)), "utf-8")
    command = [tools / "node_modules" / ".bin" / "spectral", "lint", "-D", "-r", "rules.yaml"]
    done = subprocess.run([*command, *files], cwd=tmp_path, capture_output=True, text=True)
    assert done.returncode == 0, done.stdout
