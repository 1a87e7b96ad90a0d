"""A live gRPC server as a source, by reflection.

grpc.reflection.v1 and v1alpha have the same messages, and differ in the name of the service. Many
servers have only one: v1 is asked first. Source: grpc/reflection/v1/reflection.proto.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from apiscribe.model.api import Api, Service
from apiscribe.model.version import ApiVersion
from apiscribe.sources.described import side_of
from apiscribe.sources.failure import SourceError

if TYPE_CHECKING:
    from google.protobuf.descriptor_pb2 import FileDescriptorProto

_FORM = re.compile(r"grpc://(?P<address>(?P<host>[^/\s]+):(?P<port>[0-9]{1,5}))/?")
_SERVICES = ("grpc.reflection.v1.ServerReflection", "grpc.reflection.v1alpha.ServerReflection")
# What every server may have beside its own services.
_BESIDE = ("grpc.health.", "grpc.reflection.", "grpc.channelz.")
_NO_MESSAGE = b"\xff"  # a tag that does not end
_DEADLINE = 10.0  # seconds for each question


def is_server(text: str) -> bool:
    """Whether the text has the form grpc://HOST:PORT."""
    return text.startswith("grpc://")


def open_server(text: str) -> ApiVersion:
    """The API of the server's services. Raises SourceError."""
    form = _FORM.fullmatch(text)
    if form is None or not 0 < int(form["port"]) < 2**16:
        raise SourceError(f"{text} is no address of a server; write grpc://HOST:PORT")
    try:
        import grpc
        from grpc_reflection.v1alpha import reflection_pb2 as messages
    except ImportError as error:
        raise SourceError(
            f"{text} cannot be asked without grpcio-reflection: `pip install 'apiscribe[serve]'`"
        ) from error
    try:
        with grpc.insecure_channel(form["address"]) as channel:
            side = side_of(text, form["host"], _Server(text, channel, messages).files())
            return replace(side, api=_served(side.api, channel))
    except grpc.RpcError as error:
        raise SourceError(_said(text, error)) from error


class _Server:
    """Asks the reflection of one server. Raises grpc.RpcError, and SourceError for what reflection
    itself says.
    """

    def __init__(self, text: str, channel: Any, messages: Any) -> None:
        self.text, self.channel, self.messages = text, channel, messages
        self.service = ""

    def files(self) -> list[FileDescriptorProto]:
        """The files of the server's services, and all that these import."""
        # protobuf takes its time to load.
        from apiscribe.sources.descriptors import DescriptorsError, read_serialized

        found: dict[str, FileDescriptorProto] = {}
        wanted: list[dict[str, str]] = [
            {"file_containing_symbol": name} for name in self.own_services()
        ]
        try:
            while wanted:
                for answer in self.ask(wanted):
                    for content in answer.file_descriptor_response.file_descriptor_proto:
                        file = read_serialized(content)
                        found[file.name] = file
                imported = {name for file in found.values() for name in file.dependency}
                wanted = [{"file_by_filename": name} for name in sorted(imported - found.keys())]
        except DescriptorsError as error:
            raise SourceError(f"{self.text} gave a descriptor that is none: {error}") from error
        return [found[name] for name in sorted(found)]

    def own_services(self) -> list[str]:
        """The names of the services, without those that every server may have."""
        (answer,) = self.ask([{"list_services": "*"}])
        names = (service.name for service in answer.list_services_response.service)
        own = sorted(name for name in names if not name.startswith(_BESIDE))
        if not own:
            raise SourceError(
                f"{self.text} tells of no services of its own; its reflection must be given them"
            )
        return own

    def ask(self, questions: list[dict[str, str]]) -> list[Any]:
        """The answers to questions, in their order, by the first reflection that the server has."""
        import grpc

        for service in [self.service] if self.service else _SERVICES:
            try:
                answers = list(self.call(service, questions))
            except grpc.RpcError as error:
                if error.code() is grpc.StatusCode.UNIMPLEMENTED and service != _SERVICES[-1]:
                    continue
                raise
            self.service = service
            break
        for question, answer in zip(questions, answers, strict=False):
            if answer.HasField("error_response"):
                asked = next(iter(question.values()))
                raise SourceError(
                    f"{self.text} does not tell of {asked}: {answer.error_response.error_message};"
                    " its reflection must know all files of its services"
                )
        if len(answers) != len(questions):
            raise SourceError(f"{self.text} left questions to its reflection unanswered; try again")
        return answers

    def call(self, service: str, questions: list[dict[str, str]]) -> Iterable[Any]:
        method = self.channel.stream_stream(
            f"/{service}/ServerReflectionInfo",
            request_serializer=self.messages.ServerReflectionRequest.SerializeToString,
            response_deserializer=self.messages.ServerReflectionResponse.FromString,
        )
        answers: Iterable[Any] = method(self._requests(questions), timeout=_DEADLINE)
        return answers

    def _requests(self, questions: list[dict[str, str]]) -> Iterator[Any]:
        return (self.messages.ServerReflectionRequest(**question) for question in questions)


def _served(api: Api, channel: Any) -> Api:
    """The Api without the methods that the server tells of and has no handler for."""

    def served(service: Service) -> Service:
        methods = service.methods
        answered = (m for m in methods if _answers(f"/{service.full_name}/{m.name}", channel))
        return replace(service, methods=tuple(answered))

    files = (replace(f, services=tuple(served(each) for each in f.services)) for f in api.files)
    return replace(api, files=tuple(files))


def _answers(path: str, channel: Any) -> bool:
    """Whether a method has a handler. What is sent is no message of any type: it is refused before
    a handler sees it, and nothing happens but that.
    """
    import grpc

    call = channel.stream_stream(path, request_serializer=None, response_deserializer=None)
    try:
        next(iter(call(iter([_NO_MESSAGE]), timeout=_DEADLINE)), None)
    except grpc.RpcError as error:
        said: Any = error
        return bool(said.code() is not grpc.StatusCode.UNIMPLEMENTED)
    return True


def _said(text: str, error: Any) -> str:
    import grpc

    match error.code():
        case grpc.StatusCode.UNIMPLEMENTED:
            return (
                f"{text} has no reflection; switch it on there, or give the server's .proto files"
                " or _pb2 modules"
            )
        case grpc.StatusCode.UNAVAILABLE:
            return f"no gRPC server answers at {text}; start it, or give its right port"
        case grpc.StatusCode.DEADLINE_EXCEEDED:
            return f"{text} did not answer in {_DEADLINE:g} seconds; is it a gRPC server?"
        case code:
            return f"{text} refused to tell of itself: {code.name}: {error.details()}; ask its log"
