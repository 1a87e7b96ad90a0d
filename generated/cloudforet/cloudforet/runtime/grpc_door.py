"""The gRPC door: grpc.aio, with health and reflection."""

from __future__ import annotations

from collections.abc import AsyncIterator
from typing import Any, TypeAlias

import grpc
from google.protobuf.message import Message as ProtoMessage
from grpc_health.v1 import health, health_pb2, health_pb2_grpc
from grpc_reflection.v1alpha import reflection, reflection_pb2

from .catalog import Api, Method, Service
from .dispatch import EXAMPLE_HEADER, Dispatch
from .errors import ApiError
from .wire import Wire

Context: TypeAlias = "grpc.aio.ServicerContext[Any, Any]"

# Source: grpc/reflection/v1/reflection.proto: v1 is v1alpha under another name, the same bytes.
# grpcio-reflection has v1alpha alone; grpcurl and buf ask for v1 first.
_REFLECTION = ("grpc.reflection.v1.ServerReflection", reflection.SERVICE_NAME)


async def build_server(api: Api, dispatch: Dispatch, max_bytes: int) -> grpc.aio.Server:
    """A server of every service of the API, not started and without a port. A request of more than
    `max_bytes` bytes is refused with RESOURCE_EXHAUSTED.
    """
    # Without SO_REUSEPORT a second server on the port is refused, and does not share it in silence.
    limits = (("grpc.so_reuseport", 0), ("grpc.max_receive_message_length", max_bytes))
    server = grpc.aio.server(options=limits)
    wire = Wire(api.value_names, api.open_types)
    for service in api.services:
        handlers = {
            method.name: _handler(service, method, dispatch, wire) for method in service.methods
        }
        generic = grpc.method_handlers_generic_handler(service.full_name, handlers)
        server.add_generic_rpc_handlers((generic,))
    names = [service.full_name for service in api.services]
    await _add_health(server, names)
    # Reflection lists the health service, so it must know its messages too.
    api.pool.AddSerializedFile(health_pb2.DESCRIPTOR.serialized_pb)
    _add_reflection(server, api, (*names, health.SERVICE_NAME))
    return server


def _handler(
    service: Service, method: Method, dispatch: Dispatch, wire: Wire
) -> grpc.RpcMethodHandler:
    """The handler of a method. A stream of answers holds one; a stream of requests is refused."""

    async def unary(request: ProtoMessage, context: Context) -> Any:
        try:
            metadata = {key: str(value) for key, value in context.invocation_metadata() or ()}
            answer = await dispatch.call(service, method, wire.to_json(request), metadata)
            if answer.example:
                await context.send_initial_metadata((EXAMPLE_HEADER,))
            return wire.to_proto(answer.body, method.response_proto)
        except ApiError as error:
            await context.abort(error.status, str(error))

    async def stream(request: ProtoMessage, context: Context) -> AsyncIterator[Any]:
        yield await unary(request, context)

    async def refuse(_: AsyncIterator[ProtoMessage], context: Context) -> Any:
        await context.abort(grpc.StatusCode.UNIMPLEMENTED, "streams of requests are not served")

    serializers = {
        "request_deserializer": method.request_proto.FromString,
        "response_serializer": method.response_proto.SerializeToString,
    }
    if method.request_streams:
        return grpc.stream_unary_rpc_method_handler(refuse, **serializers)
    if method.response_streams:
        return grpc.unary_stream_rpc_method_handler(stream, **serializers)
    return grpc.unary_unary_rpc_method_handler(unary, **serializers)


async def _add_health(server: grpc.aio.Server, names: list[str]) -> None:
    servicer = health.aio.HealthServicer()
    for name in ("", *names):
        await servicer.set(name, health_pb2.HealthCheckResponse.SERVING)
    health_pb2_grpc.add_HealthServicer_to_server(servicer, server)


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
