"""Forms: bodies that pages document as a form are taken in both encodings; others are not."""

from __future__ import annotations

import base64
import json
import subprocess
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import parse_qsl, urlencode

import httpx
import pytest
from boxes_api import FILES
from openapi_spec_validator import OpenAPIV31SpecValidator
from scripted_server import Scripted, scripted_server
from serving import Json, Server, build, package, write_spec

from apiscribe.sources.kinds import open_source

pytestmark = pytest.mark.slow

FORM = {"content-type": "application/x-www-form-urlencoded"}
PICTURE = b"\x89PNG\r\n\x00--edge\r\n\xff"


@pytest.fixture(scope="module")
def boxes_tree(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("boxes")
    return build(write_spec(folder / "boxes", FILES), folder / "out")


@pytest.fixture(scope="module")
def boxes(boxes_tree: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    with Server(boxes_tree, tmp_path_factory.mktemp("store") / "rows.db") as server:
        yield server


def created(answer: httpx.Response) -> Json:
    assert answer.status_code == 201, answer.text
    row: Json = answer.json()
    del row["id"]
    return row


def refused(answer: httpx.Response, status: int = 400) -> str:
    assert answer.status_code == status, answer.text
    return str(answer.json()["detail"]["message"])


WHOLE = [
    ("name", "Chest"),
    ("sealed", "True"),
    ("weight", "2.50"),
    ("colour", "blue"),
    ("tags[]", "a b"),
    ("tags[]", "ü&="),
    ("maker[name]", "Bo"),
    ("maker[floors][]", "1"),
    ("maker[floors][]", "2"),
    ("labels[a]", "b"),
    ("labels[c][d]", "e"),
]
PARTS = [{"name": "a", "sizes": [1, 2]}, {"name": "b"}]
ROW = {
    "name": "Chest",
    "sealed": True,
    "weight": 2.5,
    "colour": "blue",
    "tags": ["a b", "ü&="],
    "maker": {"name": "Bo", "floors": [1, 2]},
    "labels": {"a": "b", "c": {"d": "e"}},
}


@pytest.mark.parametrize("encoding", ["urlencoded", "multipart"])
def test_the_fields_of_a_form_have_the_types_of_the_request(boxes: Server, encoding: str) -> None:
    if encoding == "urlencoded":
        answer = boxes.client.post("/v1/boxes", content=urlencode(WHOLE), headers=FORM)
    else:
        parts = [(name, (None, value)) for name, value in WHOLE]
        answer = boxes.client.post("/v1/boxes", files=parts)
    assert created(answer) == ROW


@pytest.mark.parametrize(
    ("text", "fields"),
    [
        ("tags=a&tags=b", {"tags": ["a", "b"]}),
        ("tags[1]=b&tags[0]=a", {"tags": ["a", "b"]}),
        ("tags=a", {"tags": ["a"]}),
        ("maker.name=Bo", {"maker": {"name": "Bo"}}),
        ('maker={"name":"Bo"}', {"maker": {"name": "Bo"}}),
        ('labels={"a":[1]}', {"labels": {"a": [1]}}),
        ("labels[a]=1&labels[b][]=2", {"labels": {"a": "1", "b": ["2"]}}),
        ("sealed=false&sealed=false", {"sealed": False}),
        ("labels[a]=", {"labels": {"a": ""}}),
        ("parts[][name]=a&parts[][sizes][]=1&parts[][sizes][]=2&parts[][name]=b", {"parts": PARTS}),
        ("parts[1][name]=b&parts[0][sizes]=1&parts[0][sizes]=2&parts[0][name]=a", {"parts": PARTS}),
        ('parts=[{"name":"a","sizes":[1,2]},{"name":"b"}]', {"parts": PARTS}),
        ('parts={"name":"a","sizes":[1,2]}&parts={"name":"b"}', {"parts": PARTS}),
    ],
)
def test_names_of_a_form_may_have_any_of_these_shapes(
    boxes: Server, text: str, fields: Json
) -> None:
    answer = boxes.client.post("/v1/boxes", content=f"name=a&{text}", headers=FORM)
    row = created(answer)
    assert {name: row[name] for name in fields} == fields


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("size=1&name=a", "(key = size, reason = no such field)"),
        ("sealed=true", "Required parameter. (key = name)"),
        ("name=a&sealed=maybe", "(key = sealed, type = bool)"),
        ("name=a&weight=heavy", "(key = weight, type = float)"),
        ("name=a&name=b", "(key = name, reason = it has two different values)"),
        ("name[a]=b", "(key = name, reason = it has no fields)"),
        ("name=a&tags[x]=b", "(key = tags, reason = it is a list: tags[] or tags[0])"),
        ("name=a&maker=Bo", "reason = a message is JSON, or its fields are maker[NAME])"),
        ("name=a&parts[]=b", "reason = a message is JSON, or its fields are parts[NAME])"),
        ("name=a&maker[name]=b&maker={}", "(key = maker, reason = it has two different values)"),
        ("name=a&labels[b]=c&labels=d", "(key = labels, reason = it has two different values)"),
        ("name=a&maker[size]=1", "(key = maker.size, reason = no such field)"),
        ("name=a&tags[=b", "(key = tags[, reason = no name of a field, such as a, a[b] or a[])"),
        ("name=%ff", "(key = request, reason = a text is not UTF-8)"),
        (f"name=a{'&tags=b' * 1000}", "(key = body, reason = more than 1000 fields)"),
        (f"labels{'[a]' * 200}=b&name=a", "(key = request, reason = nested deeper than 32 levels)"),
    ],
)
def test_a_wrong_form_is_refused_with_its_field(boxes: Server, text: str, message: str) -> None:
    answer = boxes.client.post("/v1/boxes", content=text, headers=FORM)
    assert refused(answer).endswith(message)


def test_json_is_taken_beside_a_form_and_another_type_is_not(boxes: Server) -> None:
    assert created(boxes.client.post("/v1/boxes", json={"name": "a"})) == {"name": "a"}
    for stated in ("text/plain", "application/x-www-form-urlencoded; charset=latin-1"):
        answer = boxes.client.post("/v1/boxes", content="name=a", headers={"content-type": stated})
        assert refused(answer, 415) == (
            "The body must be application/x-www-form-urlencoded, multipart/form-data or"
            f" application/json in UTF-8. (content-type = {stated})"
        )


def test_a_form_is_refused_where_the_page_documents_json(boxes: Server) -> None:
    box = boxes.client.post("/v1/boxes", json={"name": "a"}).json()
    path = f"/v1/boxes/{box['id']}"
    assert boxes.client.put(path, json={"name": "b"}).status_code == 200
    for answer in (
        boxes.client.put(path, data={"name": "c"}),
        boxes.client.put(path, files={"name": (None, "c")}),
    ):
        assert refused(answer, 415).startswith("The body must be application/json in UTF-8.")
    assert boxes.client.get(path).json()["name"] == "b"


def test_files_are_bytes(boxes: Server) -> None:
    files = [
        ("picture", ("a.png", PICTURE)),
        ("thumbnails", ("b.png", b"1")),
        ("thumbnails", ("c.png", b"\x00")),
    ]
    answer = boxes.client.post("/v1/photos", data={"title": "A", "width": "3"}, files=files)
    row = created(answer)
    assert base64.b64decode(row["picture"]) == PICTURE
    assert row["thumbnails"] == ["MQ==", "AA=="]
    assert (row["title"], row["width"]) == ("A", 3)


@pytest.mark.parametrize(
    ("stated", "body", "message"),
    [
        ("", b"--e--\r\n", "(key = content-type, reason = multipart/form-data without a boundary)"),
        ("; boundary=e", b"--e\r\n", "the last boundary of multipart/form-data is missing)"),
        ("; boundary=e", b"--e\r\n\r\nx\r\n--e--", "a part of multipart/form-data has no name)"),
        ("; boundary=e", b"--e\r\nx\r\n--e--", "a part of multipart/form-data has no headers)"),
        (
            "; boundary=e",
            b'--e\r\nContent-Disposition: form-data; name="title"\r\n\r\n\xff\r\n--e--',
            "(key = title, reason = a file, and no text in UTF-8)",
        ),
        (
            "; boundary=e",
            b"--e\r\nContent-Transfer-Encoding: base64\r\n\r\nAA==\r\n--e--",
            "a part of multipart/form-data is in base64)",
        ),
        ("; boundary=e", b"--e\r\n" * 1100 + b"--e--", "more than 1000 fields)"),
    ],
)
def test_a_malformed_multipart_body_is_refused(
    boxes: Server, stated: str, body: bytes, message: str
) -> None:
    headers = {"content-type": f"multipart/form-data{stated}"}
    answer = boxes.client.post("/v1/photos", content=body, headers=headers)
    assert refused(answer).endswith(message)


def curl(*arguments: str) -> tuple[int, Json]:
    """Call a server with curl, and return the status and the body."""
    words = ["curl", "-sS", "--max-time", "60", "-w", "\n%{http_code}", *arguments]
    text = subprocess.run(words, capture_output=True, check=True, text=True).stdout
    body, _, status = text.rpartition("\n")
    return int(status), json.loads(body)


def test_curl_sends_forms(boxes: Server, tmp_path: Path) -> None:
    picture = tmp_path / "a.png"
    picture.write_bytes(PICTURE)
    url = str(boxes.client.base_url).rstrip("/")
    status, row = curl(f"{url}/v1/boxes", "-d", "name=Chest", "--data-urlencode", "tags=a&b")
    assert (status, row["name"], row["tags"]) == (201, "Chest", ["a&b"])
    status, row = curl(f"{url}/v1/photos", "-F", "title=A", "-F", f"picture=@{picture}")
    assert (status, base64.b64decode(row["picture"])) == (201, PICTURE)
    status, row = curl(f"{url}/v1/boxes/7", "-X", "PUT", "-d", "name=c")
    assert (status, row["detail"]["code"]) == (415, "ERROR_HTTP_415")


def test_the_served_document_states_the_form_and_json(boxes: Server) -> None:
    paths = boxes.client.get("/openapi.json").json()["paths"]
    content = paths["/v1/boxes"]["post"]["requestBody"]["content"]
    assert [*content] == ["application/x-www-form-urlencoded", "application/json"]
    assert [*paths["/v1/boxes/{id}"]["put"]["requestBody"]["content"]] == ["application/json"]
    assert "multipart/form-data" in paths["/v1/photos"]["post"]["requestBody"]["content"]


def test_a_page_of_another_server_sends_no_form(boxes: Server) -> None:
    headers = {**FORM, "origin": "https://other.example"}
    assert boxes.client.post("/v1/boxes", content="name=a", headers=headers).status_code == 403


# --- the generated client


def test_the_client_sends_forms_to_a_served_api(boxes: Server, boxes_tree: Path) -> None:
    with package(boxes_tree, "client").Client(f"http://{boxes.http_address}") as client:
        box = client.boxes.create(
            name="Chest",
            sealed=True,
            tags=["a b", "ü&="],
            maker={"name": "Bo", "floors": [1, 2]},
            labels={"a": "b"},
        )
        assert (box.sealed, box.tags, box.maker.floors) == (True, ["a b", "ü&="], [1, 2])
        assert box.labels == {"a": "b"}
        photo = client.photos.add(title="A", picture=PICTURE, thumbnails=[b"1", b"\x00"])
        assert (photo.picture, photo.thumbnails) == (PICTURE, [b"1", b"\x00"])


def test_the_client_sends_the_documented_encoding(boxes_tree: Path) -> None:
    box = {"id": 7, "name": "a"}
    with scripted_server() as script:
        script.play(*(Scripted(body=box) for _ in range(3)))
        with package(boxes_tree, "client").Client(script.url) as client:
            client.boxes.create(name="a b", tags=["x", "y"], maker={"floors": [1, 2]})
            client.photos.add(title="A", picture=b"\xff")
            client.boxes.replace(7, name="b")
        form, files, replaced = script.requests
    assert form.headers["content-type"] == "application/x-www-form-urlencoded"
    floors = [("maker[floors][]", "1"), ("maker[floors][]", "2")]
    assert parse_qsl(form.body.decode()) == [("name", "a b"), ("tags", "x"), ("tags", "y"), *floors]
    assert files.headers["content-type"].startswith("multipart/form-data; boundary=")
    assert b'form-data; name="title"\r\n\r\nA\r\n' in files.body
    assert b'form-data; name="picture"; filename="picture"' in files.body
    assert (replaced.headers["content-type"], replaced.json) == ("application/json", {"name": "b"})


def test_openapi_has_files_where_the_body_is_multipart(boxes: Server, boxes_tree: Path) -> None:
    emitted = json.loads((boxes_tree / "openapi.json").read_text("utf-8"))
    served = boxes.client.get("/openapi.json").json()
    for document in (emitted, served):
        content = document["paths"]["/v1/photos"]["post"]["requestBody"]["content"]
        properties = content["multipart/form-data"]["schema"]["properties"]
        assert properties["picture"] == {"type": "string", "format": "binary"}
        assert properties["thumbnails"]["items"] == {"type": "string", "format": "binary"}
        OpenAPIV31SpecValidator(document).validate()
    content = emitted["paths"]["/v1/boxes"]["post"]["requestBody"]["content"]
    assert [*content] == ["application/x-www-form-urlencoded"]


def test_forms_are_read_back(boxes_tree: Path) -> None:
    read = open_source(str(boxes_tree / "openapi.json")).api
    services = {service.name: service for _, service in read.services()}
    [add] = [method for method in services["Photos"].methods if method.name == "add_photo"]
    assert add.media_type == "multipart/form-data"
    [request] = [message for _, message in read.messages() if message.full_name == add.request]
    types = {field.name: field.type.name for field in request.fields}
    assert types["picture"] == types["thumbnails"] == "bytes"
