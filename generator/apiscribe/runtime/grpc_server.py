"""The gRPC door: grpc.aio, with health and reflection."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import aclosing, asynccontextmanager
from typing import Any, NamedTuple, TypeAlias

import grpc
from google.protobuf.message import DecodeError
from google.protobuf.message import Message as ProtoMessage
from grpc_health.v1 import health, health_pb2, health_pb2_grpc
from grpc_reflection.v1alpha import reflection, reflection_pb2

from .codec import Codec
from .dispatch import EXAMPLE_HEADER, Dispatch
from .errors import (
    ApiError,
    invalid_parameter,
    no_such_method,
    not_utf8,
    too_large,
)
from .registry import Api, Method, Service
from .request_log import REQUEST_ID, UNKNOWN, RequestLog, current_request
from .strict_json import too_deep

Context: TypeAlias = "grpc.aio.ServicerContext[Any, Any]"

# Source: grpc/reflection/v1/reflection.proto: v1 is v1alpha under another name, the same bytes.
# grpcio-reflection has v1alpha alone; grpcurl and buf ask for v1 first.
_REFLECTION = ("grpc.reflection.v1.ServerReflection", reflection.SERVICE_NAME)


class GrpcServer(NamedTuple):
    """A server, not started and without a port, and what tells its health."""

    server: grpc.aio.Server
    health: health.aio.HealthServicer


async def build_grpc_server(
    api: Api,
    dispatch: Dispatch,
    calls: RequestLog,
    max_bytes: int,
    max_depth: int,
    shares: bool,
    compression: grpc.Compression,
) -> GrpcServer:
    """The door of every service of the API. A request of more than `max_bytes` bytes is refused
    with RESOURCE_EXHAUSTED. `shares`: other processes listen on its port too.
    """
    # gRPC refuses in its own words what is longer than twice the limit; what is less long, we do.
    # Without SO_REUSEPORT a second server on the port is refused, and does not share it in silence.
    limits = (
        ("grpc.so_reuseport", int(shares)),
        ("grpc.max_receive_message_length", 2 * max_bytes),
    )
    server = grpc.aio.server(options=limits, compression=compression)
    wire = Codec(api.value_names, api.opaque_types)
    for service in api.services:
        handlers = {
            method.name: _handler(
                service, method, dispatch, calls, wire, _reader(method, max_bytes, max_depth)
            )
            for method in service.methods
        }
        generic = grpc.method_handlers_generic_handler(service.full_name, handlers)
        server.add_generic_rpc_handlers((generic,))
    names = [service.full_name for service in api.services]
    servicer = await _add_health(server, names)
    # Reflection lists the health service, so it must know its messages too.
    api.pool.AddSerializedFile(health_pb2.DESCRIPTOR.serialized_pb)
    _add_reflection(server, api, (*names, health.SERVICE_NAME))
    server.add_generic_rpc_handlers((_Unknown(calls),))
    return GrpcServer(server, servicer)


def _reader(method: Method, max_bytes: int, max_depth: int) -> Callable[[bytes], ProtoMessage]:
    """Reads the requests of a method. Raises ApiError for bytes that are none."""

    def read(content: bytes) -> ProtoMessage:
        if len(content) > max_bytes:
            raise too_large(max_bytes)
        try:
            return method.request_proto.FromString(content)
        except DecodeError as error:
            # protobuf has one class for everything, and words for what it is.
            if "MaxDepth" in str(error):
                raise too_deep(max_depth) from error
            name = method.request_proto.DESCRIPTOR.name
            if "UTF-8" in str(error):
                raise not_utf8() from error
            raise invalid_parameter("request", f"no message {name}") from error

    return read


def _handler(
    service: Service,
    method: Method,
    dispatch: Dispatch,
    calls: RequestLog,
    wire: Codec,
    read: Callable[[bytes], ProtoMessage],
) -> grpc.RpcMethodHandler:
    """The handler of a method."""
    full_name = f"{service.full_name}.{method.name}"

    async def unary(content: bytes, context: Context) -> Any:
        async with _watched(full_name, calls, context) as metadata:
            given = wire.to_json(read(content))
            answer = await dispatch.call(service, method, given, metadata)
            if answer.example:
                await context.send_initial_metadata((EXAMPLE_HEADER,))
            return wire.to_proto(answer.body, method.response_proto)

    async def given(contents: bytes | AsyncIterator[bytes]) -> AsyncIterator[Any]:
        if isinstance(contents, bytes):
            yield wire.to_json(read(contents))
        else:
            async for content in contents:
                yield wire.to_json(read(content))

    async def stream(contents: bytes | AsyncIterator[bytes], context: Context) -> Any:
        async with (
            _watched(full_name, calls, context) as metadata,
            aclosing(dispatch.stream(service, method, given(contents), metadata)) as answers,
        ):
            async for answer in answers:
                if answer.example:
                    await context.send_initial_metadata((EXAMPLE_HEADER,))
                yield wire.to_proto(answer.body, method.response_proto)

    async def gather(contents: AsyncIterator[bytes], context: Context) -> Any:
        async with (
            _watched(full_name, calls, context) as metadata,
            aclosing(dispatch.stream(service, method, given(contents), metadata)) as answers,
        ):
            answer = await anext(answers)
            return wire.to_proto(answer.body, method.response_proto)

    # Requests come as bytes: of those that cannot be read, gRPC would say INTERNAL.
    serializers = {"response_serializer": method.response_proto.SerializeToString}
    match method.request_streams, method.response_streams:
        case False, False:
            return grpc.unary_unary_rpc_method_handler(unary, **serializers)
        case False, True:
            return grpc.unary_stream_rpc_method_handler(stream, **serializers)
        case True, False:
            return grpc.stream_unary_rpc_method_handler(gather, **serializers)
        case _:
            return grpc.stream_stream_rpc_method_handler(stream, **serializers)


@asynccontextmanager
async def _watched(
    full_name: str, calls: RequestLog, context: Context
) -> AsyncIterator[Mapping[str, str]]:
    """The metadata of a call that is watched to its end. An ApiError becomes its status."""
    metadata = {key: str(value) for key, value in context.invocation_metadata() or ()}
    with calls.track("grpc", metadata.get(REQUEST_ID)) as call:
        call.method = full_name
        # Trailing metadata: answers and errors both have it.
        context.set_trailing_metadata(((REQUEST_ID, call.id),))
        try:
            yield metadata
            call.code = "OK"
        except ApiError as error:
            call.code = error.status.name
            await context.abort(error.status, str(error))


class _Unknown(grpc.GenericRpcHandler):  # type: ignore[misc]  # grpc ships no types
    """Refuses the methods that the API lacks."""

    def __init__(self, calls: RequestLog) -> None:
        self._calls = calls

    def service(self, handler_call_details: grpc.HandlerCallDetails) -> grpc.RpcMethodHandler:
        """A handler for any kind of call."""

        async def refuse(_: AsyncIterator[bytes], context: Context) -> Any:
            async with _watched(UNKNOWN, self._calls, context):
                if call := current_request():
                    call.path = handler_call_details.method
                raise no_such_method()

        return grpc.stream_unary_rpc_method_handler(refuse)


async def _add_health(server: grpc.aio.Server, names: list[str]) -> health.aio.HealthServicer:
    servicer = health.aio.HealthServicer()
    for name in ("", *names):
        await servicer.set(name, health_pb2.HealthCheckResponse.SERVING)
    health_pb2_grpc.add_HealthServicer_to_server(servicer, server)
    return servicer


def _add_reflection(server: grpc.aio.Server, api: Api, names: tuple[str, ...]) -> None:
    servicer = reflection.aio.ReflectionServicer(names, pool=api.pool)
    handler = grpc.stream_stream_rpc_method_handler(
        servicer.ServerReflectionInfo,
        request_deserializer=reflection_pb2.ServerReflectionRequest.FromString,
        response_serializer=reflection_pb2.ServerReflectionResponse.SerializeToString,
    )
    for name in _REFLECTION:
        generic = grpc.method_handlers_generic_handler(name, {"ServerReflectionInfo": handler})
        server.add_generic_rpc_handlers((generic,))
