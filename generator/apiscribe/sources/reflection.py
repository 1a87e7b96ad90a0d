"""Read a running gRPC server as a source, by reflection.

grpc.reflection.v1 and v1alpha have the same messages under different service names. Many servers
implement only one of them: v1 is tried first. Source: grpc/reflection/v1/reflection.proto.
"""

from __future__ import annotations

import re
import time
from collections.abc import Iterator
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from apiscribe.model.api import Api, Service
from apiscribe.model.version import ApiVersion
from apiscribe.sources.from_descriptors import version_from_descriptors
from apiscribe.sources.source_error import SourceError

if TYPE_CHECKING:
    from google.protobuf.descriptor_pb2 import FileDescriptorProto

_URL = re.compile(r"grpc://(?P<address>(?P<host>[^/\s]+):(?P<port>[0-9]{1,5}))/?")
_SERVICES = ("grpc.reflection.v1.ServerReflection", "grpc.reflection.v1alpha.ServerReflection")
_LIBRARY_SERVICES = ("grpc.health.", "grpc.reflection.", "grpc.channelz.")
_MALFORMED_MESSAGE = b"\xff"  # an incomplete tag
_DEADLINE = 10.0  # seconds for each call
_WHOLE_DEADLINE = 30.0  # seconds for all calls
_MAX_FILES, _MAX_BYTES = 10_000, 64 * 2**20  # of all descriptors
_MAX_IMPORTS = 100  # in a chain


def is_server(text: str) -> bool:
    """Return whether the text has the form grpc://HOST:PORT."""
    return text.startswith("grpc://")


def open_server(text: str) -> ApiVersion:
    """Read the API of a server's services. Raise SourceError."""
    url = _URL.fullmatch(text)
    if url is None or not 0 < int(url["port"]) < 2**16:
        raise SourceError(f"{text} is not the address of a server; write grpc://HOST:PORT")
    try:
        import grpc
        from grpc_reflection.v1alpha import reflection_pb2 as messages
    except ImportError as error:
        raise SourceError(
            f"{text} needs grpcio-reflection; run: pip install grpcio-reflection"
        ) from error
    try:
        with grpc.insecure_channel(url["address"]) as channel:
            deadline = _Deadline(text)
            files = _ReflectionClient(text, channel, messages, deadline).files()
            version = version_from_descriptors(text, url["host"], files)
            return replace(version, api=_implemented(version.api, channel, deadline))
    except grpc.RpcError as error:
        raise SourceError(_explain(text, error)) from error


class _Deadline:
    """The time that all calls of a server have together."""

    def __init__(self, text: str) -> None:
        self._text, self._end = text, time.monotonic() + _WHOLE_DEADLINE

    def seconds(self) -> float:
        """Return the time for the next call. Raise SourceError if none is left."""
        left = self._end - time.monotonic()
        if left <= 0:
            raise SourceError(
                f"{self._text} did not answer all calls within {_WHOLE_DEADLINE:g} seconds; pass"
                " its .proto files or _pb2 modules"
            )
        return min(left, _DEADLINE)


class _ReflectionClient:
    """A client of one server's reflection service.

    Methods raise grpc.RpcError, and SourceError for an error that reflection reports.
    """

    def __init__(self, text: str, channel: Any, messages: Any, deadline: _Deadline) -> None:
        self.text, self.channel, self.messages = text, channel, messages
        self.deadline = deadline
        self.service, self.received = "", 0

    def files(self) -> list[FileDescriptorProto]:
        """Return the files of the server's services and all their imports, sorted by name."""
        # Imported here because protobuf is slow to load.
        from apiscribe.sources.descriptors import DescriptorsError, read_serialized

        files: dict[str, FileDescriptorProto] = {}
        requests: list[dict[str, str]] = [
            {"file_containing_symbol": name} for name in self.own_services()
        ]
        rounds = 0
        try:
            while requests:
                for response in self.query(requests):
                    for content in response.file_descriptor_response.file_descriptor_proto:
                        file = read_serialized(content)
                        files[file.name] = file
                rounds += 1
                if len(files) > _MAX_FILES or rounds > _MAX_IMPORTS:
                    raise SourceError(
                        f"{self.text} sent more than {_MAX_FILES:,} files, or a chain of more than"
                        f" {_MAX_IMPORTS} imports; pass its .proto files or _pb2 modules"
                    )
                imported = {name for file in files.values() for name in file.dependency}
                requests = [{"file_by_filename": name} for name in sorted(imported - files.keys())]
        except DescriptorsError as error:
            raise SourceError(f"{self.text} sent a malformed descriptor: {error}") from error
        return [files[name] for name in sorted(files)]

    def own_services(self) -> list[str]:
        """Return the names of the services, without those of gRPC itself."""
        (response,) = self.query([{"list_services": "*"}])
        names = (service.name for service in response.list_services_response.service)
        own = sorted(name for name in names if not name.startswith(_LIBRARY_SERVICES))
        if not own:
            raise SourceError(
                f"{self.text} lists no services of its own; register them with its reflection"
            )
        return own

    def query(self, requests: list[dict[str, str]]) -> list[Any]:
        """Return the responses to requests, in order, from the first version that exists."""
        import grpc

        for service in [self.service] if self.service else _SERVICES:
            try:
                responses = list(self.call(service, requests))
            except grpc.RpcError as error:
                if error.code() is grpc.StatusCode.UNIMPLEMENTED and service != _SERVICES[-1]:
                    continue
                raise
            self.service = service
            break
        for request, response in zip(requests, responses, strict=False):
            if response.HasField("error_response"):
                name = next(iter(request.values()))
                raise SourceError(
                    f"{self.text} does not know {name}: {response.error_response.error_message};"
                    " register all files of its services with its reflection"
                )
        if len(responses) != len(requests):
            raise SourceError(
                f"{self.text} sent {len(responses)} responses to {len(requests)} reflection"
                " requests; try again"
            )
        return responses

    def call(self, service: str, requests: list[dict[str, str]]) -> Iterator[Any]:
        """Yield the responses to requests; a server may send more, and without end."""
        method = self.channel.stream_stream(
            f"/{service}/ServerReflectionInfo",
            request_serializer=self.messages.ServerReflectionRequest.SerializeToString,
            response_deserializer=self.messages.ServerReflectionResponse.FromString,
        )
        messages = (self.messages.ServerReflectionRequest(**request) for request in requests)
        responses = method(messages, timeout=self.deadline.seconds())
        for count, response in enumerate(responses, 1):
            self.received += response.ByteSize()
            if self.received > _MAX_BYTES:
                raise SourceError(f"{self.text} sent more than {_MAX_BYTES:,} bytes of descriptors")
            yield response
            if count > len(requests):
                responses.cancel()
                return


def _implemented(api: Api, channel: Any, deadline: _Deadline) -> Api:
    """Return the Api without the methods that the server describes and does not implement."""

    def implemented(service: Service) -> Service:
        methods = service.methods
        paths = {method.name: f"/{service.full_name}/{method.name}" for method in methods}
        kept = (m for m in methods if _is_implemented(paths[m.name], channel, deadline))
        return replace(service, methods=tuple(kept))

    files = (replace(f, services=tuple(map(implemented, f.services))) for f in api.files)
    return replace(api, files=tuple(files))


def _is_implemented(path: str, channel: Any, deadline: _Deadline) -> bool:
    """Return whether the server implements a method.

    The request is malformed for every type, so that the server rejects it before any handler runs.
    """
    import grpc

    call = channel.stream_stream(path, request_serializer=None, response_deserializer=None)
    try:
        next(iter(call(iter([_MALFORMED_MESSAGE]), timeout=deadline.seconds())), None)
    except grpc.RpcError as error:
        status: Any = error
        return bool(status.code() is not grpc.StatusCode.UNIMPLEMENTED)
    return True


def _explain(text: str, error: Any) -> str:
    """Return the message for an RPC error, with a suggestion."""
    import grpc

    match error.code():
        case grpc.StatusCode.UNIMPLEMENTED:
            return (
                f"{text} has no reflection; enable it, or pass the server's .proto files or _pb2"
                " modules"
            )
        case grpc.StatusCode.UNAVAILABLE:
            return f"no gRPC server answers at {text}; start the server, or correct the port"
        case grpc.StatusCode.DEADLINE_EXCEEDED:
            return f"{text} did not answer within {_DEADLINE:g} seconds; is it a gRPC server?"
        case code:
            return f"reflection of {text} failed: {code.name}: {error.details()}; see its log"
