"""What is written as pages is read as it was."""

from __future__ import annotations

import tempfile
from dataclasses import replace
from pathlib import Path

import pytest
from drafts import apis
from hypothesis import HealthCheck, given, settings

from apiscribe.build import Reading, read
from apiscribe.emit.docs import FORMS, emit_docs
from apiscribe.emit.docs.text import settled
from apiscribe.emit.proto import emit_proto
from apiscribe.ir import Api, Enum, File, Message, Method, Service

SPECS = sorted((Path(__file__).parent.parent / "specs").iterdir())


def compared(api: Api) -> Api:
    """All of an Api that pages must carry. Left out are spans (they never compare), `inferred`,
    the path and dialect of pages, and files that declare nothing.

    Descriptions are compared `settled`: no page can hold blanks around a line, a second empty line
    or a no-break space.
    """

    def enum(each: Enum) -> Enum:
        return replace(each, inferred={})

    def message(each: Message) -> Message:
        fields = [replace(f, description=settled(f.description), inferred={}) for f in each.fields]
        return replace(
            each,
            description=settled(each.description),
            fields=tuple(fields),
            enums=tuple(map(enum, each.enums)),
            inferred={},
        )

    def method(each: Method) -> Method:
        routes = tuple(replace(route, inferred={}) for route in each.routes)
        return replace(each, description=settled(each.description), routes=routes, inferred={})

    def service(each: Service) -> Service:
        resource = each.resource and replace(each.resource, inferred={})
        return replace(
            each,
            description=settled(each.description),
            methods=tuple(map(method, each.methods)),
            resource=resource,
            inferred={},
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
    return {output.path: output.content.decode() for output in emit_proto(api)}


def written(api: Api, form: str, folder: Path) -> Path:
    for output in emit_docs(api, form):
        file = folder / output.path
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_bytes(output.content)
    return folder


def read_again(api: Api, form: str) -> Reading:
    with tempfile.TemporaryDirectory() as folder:
        return read(written(api, form, Path(folder)))


def assert_same(before: Api, after: Reading) -> None:
    assert [str(found) for found in after.report.at("error")] == []
    assert [str(found) for found in after.report if found.code == "unread-block"] == []
    assert compared(after.api) == compared(before)
    assert protos(compared(after.api)) == protos(compared(before))


@pytest.mark.parametrize("form", FORMS)
@settings(
    max_examples=100,
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.filter_too_much],
)
@given(api=apis())
def test_reading_what_was_written_gives_the_same(form: str, api: Api) -> None:
    if compared(api).files:
        assert_same(api, read_again(api, form))
