"""Sources that never end, that repeat themselves without end, or that write to the terminal."""

from __future__ import annotations

import json
import socket
import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

import grpc
import pytest
from click.testing import CliRunner
from google.protobuf import descriptor_pb2
from grpc_reflection.v1alpha import reflection_pb2
from source_samples import refusal

from apiscribe.commands import main
from apiscribe.sources import openapi_server as openapi_source
from apiscribe.sources import reflection as reflection_source
from apiscribe.sources.kinds import open_source

# ---- documents whose parts repeat each other


def document(schemas: dict[str, Any], **parts: Any) -> str:
    content = {"openapi": "3.1.0", "info": {"title": "x", "version": "1"}, **parts}
    return json.dumps({**content, "components": {"schemas": schemas}})


def ref(name: str, at: str = "#/components/schemas/") -> dict[str, str]:
    return {"$ref": f"{at}{name}"}


LEVELS = range(40)
LAST = {"type": "object", "properties": {"a": {"type": "string"}}}


def tower(level: Callable[[int], Any]) -> dict[str, Any]:
    return {**{f"S{n}": level(n) for n in LEVELS}, f"S{len(LEVELS)}": LAST}


def two(n: int) -> dict[str, Any]:
    return {"type": "object", "properties": {k: ref(f"S{n + 1}", "#/x-parts/") for k in "ab"}}


TOWERS = {
    "allOf twice": document(tower(lambda n: {"allOf": [ref(f"S{n + 1}")] * 2})),
    "allOf and properties": document(
        tower(lambda n: {"allOf": [ref(f"S{n + 1}")] * 2, "properties": {f"p{n}": ref("S0")}})
    ),
    "allOf inline": document(tower(lambda n: {"allOf": [{"allOf": [ref(f"S{n + 1}")] * 2}] * 2})),
    "fields": document({"M": two(-1)}, **{"x-parts": tower(two)}),
    "lists of anyOf": document(
        tower(lambda n: {"type": "array", "items": {"anyOf": [ref(f"S{n + 1}")] * 2}})
    ),
}


@pytest.mark.parametrize("name", TOWERS)
def test_each_part_of_a_document_is_read_once(name: str, tmp_path: Path) -> None:
    file = tmp_path / "openapi.json"
    file.write_text(TOWERS[name])
    names = [message.name for _, message in open_source(str(file)).api.messages()]
    assert len(names) < 2 * len(LEVELS)


def test_aliases_of_yaml_that_double_are_refused(tmp_path: Path, monkeypatch: Any) -> None:
    monkeypatch.setattr("apiscribe.model.openapi_document._MAX_STEPS", 20_000)
    levels = [f"  s{n}: &s{n} {{properties: {{a: *s{n - 1}, b: *s{n - 1}}}}}" for n in range(1, 40)]
    lines = ["openapi: 3.1.0", "x:", "  s0: &s0 {properties: {a: {type: string}}}", *levels]
    lines += ["components: {schemas: {M: *s39}}"]
    (tmp_path / "openapi.yaml").write_text("\n".join(lines))
    assert "its parts repeat each other more than 20,000 times" in refusal(
        str(tmp_path / "openapi.yaml")
    )


# ---- servers that never end


@contextmanager
def speaking(answer: Callable[[socket.socket], None]) -> Iterator[int]:
    """The port of a server that answers one connection."""
    with socket.create_server(("127.0.0.1", 0)) as listener:

        def serve() -> None:
            with suppress(OSError):
                connection, _ = listener.accept()
                with connection:
                    answer(connection)

        thread = threading.Thread(target=serve, daemon=True)
        thread.start()
        yield listener.getsockname()[1]
    thread.join(10)


def drip(part: bytes, start: bytes = b"") -> Callable[[socket.socket], None]:
    def answer(connection: socket.socket) -> None:
        connection.sendall(start)
        while True:  # until the client closes the connection
            connection.sendall(part)
            time.sleep(0.02)

    return answer


@pytest.mark.parametrize(
    "answer",
    [
        drip(b" ", b"HTTP/1.1 200 OK\r\n\r\n{"),
        drip(b"a: b\r\n", b"HTTP/1.1 200 OK\r\n"),
        drip(b"2\r\n{{\r\n", b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n"),
    ],
)
def test_a_document_that_never_ends_is_abandoned(
    answer: Callable[[socket.socket], None], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(openapi_source, "_DEADLINE", 0.3)
    with speaking(answer) as port:
        assert "did not answer within 0.3 seconds" in refusal(f"http://127.0.0.1:{port}/api.json")


Reply = Callable[[Any, reflection_pb2.ServerReflectionResponse], None]


@contextmanager
def reflecting(reply: Reply, times: int = 1, seconds: float = 0.0) -> Iterator[str]:
    """The URL of a server with a reflection of its own; each of its methods takes some time."""

    def answers(requests: Any, _: Any) -> Iterator[Any]:
        for request in requests:
            for _ in range(times):
                response = reflection_pb2.ServerReflectionResponse()
                if request.list_services:
                    response.list_services_response.service.add(name="a.S")
                else:
                    reply(request, response)
                yield response

    def hang(*_: Any) -> Iterator[bytes]:
        time.sleep(seconds)
        return iter(())

    class Handler(grpc.GenericRpcHandler):  # type: ignore[misc]  # grpc ships no types
        def service(self, details: Any) -> Any:
            if "reflection" not in details.method:
                return grpc.stream_stream_rpc_method_handler(hang)
            return grpc.stream_stream_rpc_method_handler(
                answers,
                reflection_pb2.ServerReflectionRequest.FromString,
                reflection_pb2.ServerReflectionResponse.SerializeToString,
            )

    server = grpc.server(ThreadPoolExecutor(4))
    server.add_generic_rpc_handlers((Handler(),))
    port = server.add_insecure_port("127.0.0.1:0")
    server.start()
    try:
        yield f"grpc://127.0.0.1:{port}"
    finally:
        server.stop(None)


def send(response: Any, file: descriptor_pb2.FileDescriptorProto) -> None:
    response.file_descriptor_response.file_descriptor_proto.append(file.SerializeToString())


def one_more_import(request: Any, response: Any) -> None:
    number = int(request.file_by_filename[1:-6] or 0) if request.file_by_filename else 0
    dependency = [f"f{number + 1}.proto"]
    name = f"f{number}.proto"
    send(response, descriptor_pb2.FileDescriptorProto(name=name, dependency=dependency))


def many_methods(_: Any, response: Any) -> None:
    file = descriptor_pb2.FileDescriptorProto(name="f.proto", package="a", syntax="proto3")
    file.message_type.add(name="M")
    service = file.service.add(name="S")
    for number in range(50):
        service.method.add(name=f"m{number}", input_type=".a.M", output_type=".a.M")
    send(response, file)


def many_bytes(_: Any, response: Any) -> None:
    file = descriptor_pb2.FileDescriptorProto(name="f.proto")
    file.options.java_package = "x" * 1_000_000
    send(response, file)


@pytest.mark.parametrize(
    ("reply", "times", "deadline", "reason"),
    [
        (one_more_import, 1, 60.0, "a chain of more than 5 imports"),
        (many_methods, 1, 2.0, "did not answer all calls within 2 seconds"),
        (many_bytes, 1, 60.0, "sent more than 500,000 bytes of descriptors"),
        (many_methods, 10**9, 60.0, "reflection requests; try again"),
    ],
)
def test_reflection_that_never_ends_is_abandoned(
    reply: Reply, times: int, deadline: float, reason: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    limits = {"_WHOLE_DEADLINE": deadline, "_MAX_IMPORTS": 5, "_MAX_BYTES": 500_000}
    for name, value in limits.items():
        monkeypatch.setattr(reflection_source, name, value)
    with reflecting(reply, times, seconds=0.4) as url:
        assert reason in refusal(url)


# ---- texts that a terminal or GitHub Actions would obey

HOSTILE = "2\x1b]0;owned\x07\n::warning file=x,line=1::injected\r\n##[error]injected\x9b2J"


def no_such_symbol(_: Any, response: Any) -> None:
    response.error_response.error_message = HOSTILE


def is_harmless(output: str) -> bool:
    lines = output.splitlines()
    return (
        all(line.isprintable() for line in lines)
        and not any(line.lstrip().startswith("::") for line in lines)
        and "##[" not in output
    )


def test_an_error_of_reflection_controls_no_terminal(tmp_path: Path) -> None:
    with reflecting(no_such_symbol) as url:
        result = CliRunner().invoke(main, ["drift", url, str(tmp_path)])
    assert "injected" in result.output
    assert is_harmless(result.output)


PROTO = 'syntax = "proto3";\npackage a;\nimport "%s.proto";\n'
FILES: dict[str, tuple[str, str, str]] = {
    "a version": ("api.json", json.dumps({"openapi": HOSTILE}), "api.json"),
    "a reference": (
        "api.json",
        json.dumps({"openapi": "3.1.0", "components": {"schemas": {"A": ref(HOSTILE)}}}),
        "api.json",
    ),
    "a type": (
        "api.json",
        json.dumps({"openapi": "3.1.0", "components": HOSTILE}),
        "api.json",
    ),
    "an import": ("protos/a.proto", PROTO % "\\x1b]0;\\x07\\n::error::injected", "protos"),
    "YAML": ("api.yaml", f"openapi: 3.1.0\n\x85::error::injected: [\n{HOSTILE!r}: ]", "api.yaml"),
    "a name of a file": ("::error::injected.json", "{}", "::error::injected.json"),
}


@pytest.mark.parametrize("name", FILES)
def test_a_text_of_a_source_controls_no_terminal(
    name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path, text, source = FILES[name]
    (tmp_path / path).parent.mkdir(exist_ok=True)
    (tmp_path / path).write_text(text, "utf-8")
    (tmp_path / "spec").mkdir()
    monkeypatch.chdir(tmp_path)
    for command in ("drift", "adopt"):
        arguments = [source, "spec"] if command == "drift" else ["spec", source]
        result = CliRunner().invoke(main, [command, *arguments])
        assert result.exit_code != 0
        assert is_harmless(result.output), result.output


@pytest.mark.parametrize("form", ["text", "github"])
def test_a_name_of_a_page_is_no_command(form: str, tmp_path: Path, monkeypatch: Any) -> None:
    page = tmp_path / "::error::injected" / "pages" / "::warning::a.md"
    page.parent.mkdir(parents=True)
    page.write_text(
        "# A\n\n> **Package : a.v1**\n\n## Message\n\n### M\n| Field | Typ |\n| - | - |\n"
    )
    monkeypatch.chdir(tmp_path)
    result = CliRunner().invoke(main, ["lint", "--format", form, "::error::injected"])
    commands = [line for line in result.output.splitlines() if line.lstrip().startswith("::")]
    assert all(line.startswith(("::error file=", "::warning file=")) for line in commands)
    assert bool(commands) == (form == "github")
