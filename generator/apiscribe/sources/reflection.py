"""A running gRPC server as a source, by reflection."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import Any
from urllib.parse import urlsplit

from google.protobuf.descriptor_pb2 import FileDescriptorProto

from apiscribe.drift.side import Side
from apiscribe.ir import Api
from apiscribe.sources.descriptor_files import side_of_files
from apiscribe.sources.failure import SourceError

_SECONDS = 10
# The same service under two names; servers have one of them, or both.
_SERVICES = ("grpc.reflection.v1.ServerReflection", "grpc.reflection.v1alpha.ServerReflection")
_NO_MESSAGE = b"\xff"  # a tag that does not end
_OF_ITS_OWN = ("grpc.reflection.", "grpc.health.")


def open_source(text: str) -> Side:
    """The API of the server at `grpc://HOST:PORT`. Raises SourceError."""
    try:
        import grpc
        from grpc_reflection.v1alpha import reflection_pb2
    except ImportError as error:
        raise SourceError(
            f"reading {text} needs grpcio-reflection: pip install 'apiscribe[serve]'"
        ) from error
    address = urlsplit(text).netloc
    if not address or ":" not in address:
        raise SourceError(f"{text} is not grpc://HOST:PORT")
    said = ""
    with grpc.insecure_channel(address) as channel:
        for service in _SERVICES:
            try:
                files = _Reflection(channel, service, reflection_pb2).files()
            except grpc.RpcError as error:
                said = _reason(error)
            else:
                side = side_of_files(files, text)
                return replace(side, api=_answering(side.api, channel))
    raise SourceError(f"{text} does not tell what it serves: {said}")


def _answering(api: Api, channel: Any) -> Api:
    """The Api without the methods that the server tells of and has no handler for."""
    files = []
    for file in api.files:
        services = []
        for service in file.services:
            paths = {m.name: f"/{service.full_name}/{m.name}" for m in service.methods}
            methods = tuple(m for m in service.methods if _answers(paths[m.name], channel))
            services.append(replace(service, methods=methods))
        files.append(replace(file, services=tuple(services)))
    return replace(api, files=tuple(files))


def _answers(path: str, channel: Any) -> bool:
    """Whether a method has a handler. What is sent is no message of any type: it is refused before
    a handler sees it, and nothing happens but that.
    """
    import grpc

    call = channel.stream_stream(path, request_serializer=None, response_deserializer=None)
    answers = call(iter([_NO_MESSAGE]), timeout=_SECONDS)
    try:
        next(iter(answers), None)
    except grpc.RpcError as error:
        said: Any = error
        return bool(said.code() != grpc.StatusCode.UNIMPLEMENTED)
    return True


def _reason(error: Any) -> str:
    if error.code().name == "UNIMPLEMENTED":
        return "it has no reflection; start it with reflection, or name its .proto files"
    return f"{error.code().name}: {error.details()}"


class _Reflection:
    """Asks one service for files."""

    def __init__(self, channel: Any, service: str, messages: Any) -> None:
        self._messages = messages
        self._call = channel.stream_stream(
            f"/{service}/ServerReflectionInfo",
            request_serializer=messages.ServerReflectionRequest.SerializeToString,
            response_deserializer=messages.ServerReflectionResponse.FromString,
        )

    def files(self) -> list[FileDescriptorProto]:
        """Every file that a service of the server needs."""
        listed = self._ask(list_services="").list_services_response.service
        names = [entry.name for entry in listed if not entry.name.startswith(_OF_ITS_OWN)]
        found: dict[str, FileDescriptorProto] = {}
        for name in names:
            self._add(self._ask(file_containing_symbol=name), found)
        while missing := sorted(set(_imports(found)) - found.keys()):
            for name in missing:
                self._add(self._ask(file_by_filename=name), found)
                if name not in found:
                    raise SourceError(f"the server does not tell the file {name}, which it needs")
        return list(found.values())

    def _ask(self, **request: str) -> Any:
        asked = iter([self._messages.ServerReflectionRequest(**request)])
        return next(iter(self._call(asked, timeout=_SECONDS)))

    def _add(self, answer: Any, found: dict[str, FileDescriptorProto]) -> None:
        for serialized in answer.file_descriptor_response.file_descriptor_proto:
            file = FileDescriptorProto.FromString(serialized)
            found.setdefault(file.name, file)


def _imports(files: dict[str, FileDescriptorProto]) -> Iterator[str]:
    for file in files.values():
        yield from file.dependency
