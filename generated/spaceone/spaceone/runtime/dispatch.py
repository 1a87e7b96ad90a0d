"""One service layer under both doors: a request as a JSON object in, the answer as one out."""

from __future__ import annotations

import logging
from collections.abc import Awaitable, Mapping
from typing import Any, NamedTuple

from pydantic import ValidationError
from sqlalchemy.exc import DataError

from .behaviours import behaviour_of
from .catalog import Method, Service
from .errors import ApiError, from_validation, internal, not_implemented, query_failed
from .hooks import Hook
from .messages import Message
from .rows import Rows
from .wire import drop_defaults

JsonObject = dict[str, Any]

log = logging.getLogger(__name__)


EXAMPLE_HEADER = ("x-answer", "example")  # HTTP header and gRPC metadata of such an answer


class Answer(NamedTuple):
    """What a method gave; `example` where it is the pages' example, whatever was asked."""

    body: JsonObject
    example: bool = False


class Dispatch:
    """Calls methods: a hook where there is one, else what the server does by itself, else the
    answer that the pages show.
    """

    def __init__(self, rows: Mapping[str, Rows], hooks: Mapping[str, Hook]) -> None:
        """`rows`: full name of a service → the rows of its resource."""
        self._rows, self._hooks = rows, hooks

    async def call(self, service: Service, method: Method, request: Any) -> Answer:
        """The answer to a request. Raises ApiError, and nothing else.

        Fields at the zero of their type count as not given: protobuf does not tell the two apart,
        and both doors must answer alike (so does AIP-203 for required fields).
        """
        full_name = f"{service.full_name}.{method.name}"
        try:
            given = drop_defaults(request, method.request_proto.DESCRIPTOR)
            model = method.request.model_validate(given)
            return await self._answer(full_name, service, method, model)
        except ApiError:
            raise
        except ValidationError as error:
            raise from_validation(error) from error
        except DataError as error:
            # A value that this database cannot hold or read: PostgreSQL has no NUL in texts.
            raise query_failed(str(error.orig).splitlines()[0]) from error
        except Exception:
            log.exception("%s failed", full_name)
            raise internal() from None

    async def _answer(
        self, full_name: str, service: Service, method: Method, model: Message
    ) -> Answer:
        rows = self._rows.get(service.full_name)
        if hook := self._hooks.get(full_name):
            found = hook(model, rows)
            return Answer(_checked(await found if isinstance(found, Awaitable) else found, method))
        behaviour = behaviour_of(service, method)
        if behaviour is not None and rows is not None:
            return Answer(await behaviour(method, rows, model.to_json()))
        for shown in method.response_examples:
            if isinstance(shown, dict):
                return Answer(_checked(shown, method), example=True)
        raise not_implemented(full_name)


def _checked(answer: Message | Mapping[str, Any], method: Method) -> JsonObject:
    """A hook's answer, if it is one of the method's. Raises ValueError."""
    found = answer.to_json() if isinstance(answer, Message) else dict(answer)
    if method.response is None:
        return found
    try:
        return method.response.model_validate(found).to_json()
    except ValidationError as error:
        raise ValueError(f"the hook's answer is none of {method.name}: {error}") from error
