"""The gRPC door: grpc.aio, with health and reflection."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Any

import grpc
from google.protobuf.message import Message as ProtoMessage
from grpc_health.v1 import health, health_pb2, health_pb2_grpc
from grpc_reflection.v1alpha import reflection

from .catalog import Api, Method, Service
from .dispatch import Dispatch
from .errors import ApiError
from .wire import Wire

Handler = Callable[[Any, Any], Awaitable[Any]]


async def build_server(api: Api, dispatch: Dispatch) -> grpc.aio.Server:
    """A server of every service of the API, not started and without a port."""
    # Without SO_REUSEPORT a second server on the port is refused, and does not share it in silence.
    server = grpc.aio.server(options=(("grpc.so_reuseport", 0),))
    wire = Wire(api.value_names, api.open_types)
    for service in api.services:
        handlers = {
            method.name: grpc.unary_unary_rpc_method_handler(
                _handler(service, method, dispatch, wire),
                request_deserializer=method.request_proto.FromString,
                response_serializer=method.response_proto.SerializeToString,
            )
            for method in service.methods
        }
        generic = grpc.method_handlers_generic_handler(service.full_name, handlers)
        server.add_generic_rpc_handlers((generic,))
    names = [service.full_name for service in api.services]
    await _add_health(server, names)
    reflection.enable_server_reflection((*names, health.SERVICE_NAME), server, pool=api.pool)
    return server


def _handler(service: Service, method: Method, dispatch: Dispatch, wire: Wire) -> Handler:
    async def handle(request: ProtoMessage, context: grpc.aio.ServicerContext[Any, Any]) -> Any:
        try:
            answer = await dispatch.call(service, method, wire.to_json(request))
            return wire.to_proto(answer, method.response_proto)
        except ApiError as error:
            await context.abort(error.status, str(error))

    return handle


async def _add_health(server: grpc.aio.Server, names: list[str]) -> None:
    servicer = health.aio.HealthServicer()
    for name in ("", *names):
        await servicer.set(name, health_pb2.HealthCheckResponse.SERVING)
    health_pb2_grpc.add_HealthServicer_to_server(servicer, server)
