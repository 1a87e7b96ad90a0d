"""The gRPC server: grpc.aio, with health and reflection."""

from __future__ import annotations

from collections.abc import AsyncGenerator, AsyncIterator, Callable, Mapping, Sequence
from contextlib import AbstractAsyncContextManager, aclosing, asynccontextmanager, suppress
from dataclasses import dataclass
from functools import partial
from typing import Any, TypeAlias

import grpc
from google.protobuf.message import DecodeError
from google.protobuf.message import Message as ProtoMessage
from grpc_health.v1 import health, health_pb2, health_pb2_grpc
from grpc_reflection.v1alpha import reflection, reflection_pb2

from . import off_loop
from .access import Access
from .codec import Codec
from .dispatch import EXAMPLE_HEADER, Answer, Dispatch
from .errors import (
    ApiError,
    invalid_parameter,
    not_utf8,
    too_large,
    unknown_method,
)
from .grpc_limits import Arrivals, GrpcLimits
from .registry import Api, Method, Service
from .request_log import REQUEST_ID, UNKNOWN, RequestLog, current_request
from .strict_json import too_deep

Context: TypeAlias = "grpc.aio.ServicerContext[Any, Any]"

# v1 has the messages of v1alpha under another name. grpcio-reflection has only v1alpha; grpcurl and
# buf try v1 first. Source: grpc/reflection/v1/reflection.proto.
_REFLECTION = ("grpc.reflection.v1.ServerReflection", reflection.SERVICE_NAME)

_SERVING = health_pb2.HealthCheckResponse.SERVING
_NOT_SERVING = health_pb2.HealthCheckResponse.NOT_SERVING
_UNKNOWN_SERVICE = health_pb2.HealthCheckResponse.SERVICE_UNKNOWN


class GrpcServer:
    """A server without a port, not started yet. `health` is its health service."""

    def __init__(
        self, request_log: RequestLog, limits: GrpcLimits, shares_port: bool, compression: Any
    ) -> None:
        """Create a server without an API. The status for a request beyond the limits is
        RESOURCE_EXHAUSTED. `shares_port`: other processes listen on the same port.
        """
        # SO_REUSEPORT would let an unrelated second server use the port, without an error.
        options = (("grpc.so_reuseport", int(shares_port)), *limits.options())
        self.server = grpc.aio.server(options=options, compression=compression)
        self.health = health.aio.HealthServicer()
        health_pb2_grpc.add_HealthServicer_to_server(self.health, self.server)
        self._request_log, self._limits = request_log, limits
        self._arrivals = Arrivals(limits.body_timeout)
        self._methods = _Methods()
        self._names: Sequence[str] = ("",)
        self._is_serving = True
        self.server.add_generic_rpc_handlers((self._methods,))

    async def serve_api(self, api: Api, dispatch: Dispatch, access: Access) -> None:
        """Serve an API from now on, in place of the one before. Calls in progress keep theirs."""
        codec = Codec(api.value_names, api.opaque_types)
        methods: dict[str, grpc.RpcMethodHandler] = {}
        for service in api.services:
            for method in service.methods:
                full_name = f"{service.full_name}.{method.name}"
                calls = _Calls(
                    service,
                    method,
                    dispatch,
                    codec,
                    self._arrivals,
                    _request_parser(method, self._limits.max_bytes, self._limits.max_depth),
                    partial(_track, full_name, self._request_log, access=access),
                )
                methods[f"/{service.full_name}/{method.name}"] = calls.handler()
        names = [service.full_name for service in api.services]
        # Reflection lists the health service, so the pool needs its messages.
        api.pool.AddSerializedFile(health_pb2.DESCRIPTOR.serialized_pb)
        methods |= _reflection_methods(api, (*names, health.SERVICE_NAME), access)
        self._methods.replace(methods, _UnknownMethods(self._request_log, access))
        for name in {*self._names} - {"", *names}:
            await self.health.set(name, _UNKNOWN_SERVICE)
        self._names = ("", *names)
        await self.set_health(self._is_serving)

    async def set_health(self, is_serving: bool) -> None:
        """Set the health of the server and its services."""
        self._is_serving = is_serving
        for name in self._names:
            await self.health.set(name, _SERVING if is_serving else _NOT_SERVING)


class _Methods(grpc.GenericRpcHandler):  # type: ignore[misc]  # grpc ships no types
    """The methods of a server by their paths, which gRPC looks up for each call."""

    def replace(
        self, methods: Mapping[str, grpc.RpcMethodHandler], others: grpc.GenericRpcHandler
    ) -> None:
        """Answer with other methods from now on; `others` answers for those that are missing."""
        self._methods, self._others = methods, others

    def service(self, handler_call_details: grpc.HandlerCallDetails) -> grpc.RpcMethodHandler:
        """Return the handler of a call."""
        method = self._methods.get(handler_call_details.method)
        return method or self._others.service(handler_call_details)


def _request_parser(
    method: Method, max_bytes: int, max_depth: int
) -> Callable[[bytes], ProtoMessage]:
    """Return the parser of a method's requests. It raises ApiError for an invalid request."""

    def parse(content: bytes) -> ProtoMessage:
        if len(content) > max_bytes:
            raise too_large(max_bytes)
        try:
            return method.request_proto.FromString(content)
        except DecodeError as error:
            # protobuf has a single class for all errors; only the message differs.
            if "MaxDepth" in str(error):
                raise too_deep(max_depth) from error
            name = method.request_proto.DESCRIPTOR.name
            if "UTF-8" in str(error):
                raise not_utf8() from error
            raise invalid_parameter("request", f"not a message {name}") from error

    return parse


@dataclass(frozen=True)
class _Calls:
    """The calls of a method. Without serializers, requests and responses are bytes: a thread reads
    and writes large ones, and for an error of a deserializer, gRPC would answer INTERNAL.
    """

    service: Service
    method: Method
    dispatch: Dispatch
    codec: Codec
    arrivals: Arrivals
    parse: Callable[[bytes], ProtoMessage]
    track: Callable[[Context], AbstractAsyncContextManager[list[tuple[str, str]]]]

    def handler(self) -> grpc.RpcMethodHandler:
        """Return the gRPC handler. All calls are streams of requests: a handler of a single one
        would run only once the request is here.
        """
        match self.method.request_streams, self.method.response_streams:
            case False, False:
                return grpc.stream_unary_rpc_method_handler(self._unary)
            case True, False:
                return grpc.stream_unary_rpc_method_handler(self._gather)
            case _:
                return grpc.stream_stream_rpc_method_handler(self._stream)

    async def _unary(self, contents: AsyncIterator[bytes], context: Context) -> Any:
        async with self.track(context) as metadata:
            self.dispatch.identify(metadata)
            request = await self._read(await self.arrivals.first(contents))
            answer = await self.dispatch.call(self.service, self.method, request, metadata)
            if answer.example:
                await context.send_initial_metadata((EXAMPLE_HEADER,))
            return await self._written(answer)

    async def _stream(self, contents: AsyncIterator[bytes], context: Context) -> Any:
        async with (
            self.track(context) as metadata,
            aclosing(self._answers(contents, metadata)) as answers,
        ):
            async for answer in answers:
                if answer.example:
                    await context.send_initial_metadata((EXAMPLE_HEADER,))
                yield await self._written(answer)

    async def _gather(self, contents: AsyncIterator[bytes], context: Context) -> Any:
        async with (
            self.track(context) as metadata,
            aclosing(self._answers(contents, metadata)) as answers,
        ):
            return await self._written(await anext(answers))

    def _answers(
        self, contents: AsyncIterator[bytes], metadata: list[tuple[str, str]]
    ) -> AsyncGenerator[Answer, None]:
        requests = self._requests(contents)
        return self.dispatch.stream(self.service, self.method, requests, metadata)

    async def _requests(self, contents: AsyncIterator[bytes]) -> AsyncIterator[Any]:
        if not self.method.request_streams:
            yield await self._read(await self.arrivals.first(contents))
            return
        async for content in contents:
            yield await self._read(content)

    async def _read(self, content: bytes) -> Any:
        return await off_loop.run(content, lambda: self.codec.request_to_json(self.parse(content)))

    async def _written(self, answer: Answer) -> bytes:
        def write() -> bytes:
            message = self.codec.to_proto(answer.body, self.method.response_proto)
            return bytes(message.SerializeToString())

        return await off_loop.run(answer.body, write)


@asynccontextmanager
async def _track(
    full_name: str, request_log: RequestLog, context: Context, access: Access
) -> AsyncIterator[list[tuple[str, str]]]:
    """Yield the metadata of a call, and log the call when it ends. An ApiError sets its status."""
    metadata = _metadata(context)
    with request_log.track("grpc", dict(metadata).get(REQUEST_ID)) as current:
        current.method = full_name
        # Responses and errors both have trailing metadata.
        context.set_trailing_metadata(((REQUEST_ID, current.id),))
        try:
            access.check_origin(metadata)
            yield metadata
            current.code = "OK"
        except ApiError as error:
            current.code = error.status.name
            await context.abort(error.status, str(error))


def _metadata(context: Context) -> list[tuple[str, str]]:
    return [(key, str(value)) for key, value in context.invocation_metadata() or ()]


class _UnknownMethods(grpc.GenericRpcHandler):  # type: ignore[misc]  # grpc ships no types
    """Answers UNIMPLEMENTED for methods that the API lacks."""

    def __init__(self, request_log: RequestLog, access: Access) -> None:
        self._request_log, self._access = request_log, access

    def service(self, handler_call_details: grpc.HandlerCallDetails) -> grpc.RpcMethodHandler:
        """Return a handler for calls of any kind."""

        async def refuse(_: AsyncIterator[bytes], context: Context) -> Any:
            async with _track(UNKNOWN, self._request_log, context, self._access):
                if current := current_request():
                    current.path = handler_call_details.method
                raise unknown_method()

        return grpc.stream_unary_rpc_method_handler(refuse)


class _Reflection(reflection.aio.ReflectionServicer):  # type: ignore[misc]  # grpc ships no types
    """Reflection that also knows the names of methods, as servers in other languages do."""

    def _file_containing_symbol(self, request: Any, fully_qualified_name: str) -> Any:
        service, _, method = fully_qualified_name.rpartition(".")
        with suppress(KeyError):
            if method in self._pool.FindServiceByName(service).methods_by_name:
                fully_qualified_name = service
        return super()._file_containing_symbol(request, fully_qualified_name)


def _reflection_methods(
    api: Api, names: tuple[str, ...], access: Access
) -> dict[str, grpc.RpcMethodHandler]:
    servicer = _Reflection(names, pool=api.pool)

    async def reflect(requests: AsyncIterator[Any], context: Context) -> AsyncIterator[Any]:
        try:
            access.check_page("reflection", _metadata(context))
        except ApiError as error:
            await context.abort(error.status, str(error))
        async for response in servicer.ServerReflectionInfo(requests, context):
            yield response

    handler = grpc.stream_stream_rpc_method_handler(
        reflect,
        request_deserializer=reflection_pb2.ServerReflectionRequest.FromString,
        response_serializer=reflection_pb2.ServerReflectionResponse.SerializeToString,
    )
    return {f"/{name}/ServerReflectionInfo": handler for name in _REFLECTION}
