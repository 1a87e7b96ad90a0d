"""A recorded request with its answer, and their bodies."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any, Literal
from urllib.parse import SplitResult, quote, unquote

Side = Literal["request", "answer"]

_IN_SEGMENT = ":@!$&'()*+,;=-._~"


@dataclass(frozen=True, kw_only=True)
class Body:
    """A body. `value` is its JSON; without JSON, `reason` says why, empty for no body at all."""

    value: Any = None
    is_json: bool = False
    reason: str = ""
    media_type: str = ""


@dataclass(frozen=True, kw_only=True)
class Exchange:
    """A request with its answer. `file` and `number` are its place in the recording; `status` is 0
    without an answer. A log can have the full name of a `method` and a `code` instead of a path.
    A `whole` recording has the headers and the bodies of requests; `credentials` are the names of
    headers, `cookie NAME` and `authorization KIND`, in lower case.
    """

    file: str
    number: int
    verb: str
    url: SplitResult
    query: tuple[tuple[str, str], ...]
    status: int
    request: Body
    answer: Body
    method: str = ""
    code: str = ""
    credentials: frozenset[str] = frozenset()
    is_whole: bool = False

    @property
    def origin(self) -> str:
        """The scheme, host and port."""
        return origin_of(self.url)

    @property
    def place(self) -> str:
        """The file and the number of the entry."""
        return f"{self.file}:{self.number}"

    @property
    def path(self) -> str:
        """The path, with one spelling of each segment and no slash at its end."""
        return normal_path(self.url.path)

    @property
    def is_accepted(self) -> bool:
        """Whether the server took the request for a valid one."""
        return 200 <= self.status < 300

    def without_bodies(self) -> Exchange:
        """Return the exchange without its bodies: a recording may have many."""
        return replace(self, request=Body(), answer=Body())


def origin_of(url: SplitResult) -> str:
    """Return the scheme, host and port of a URL, without the default port."""
    host, port = url.hostname or "", url.port
    default = {"http": 80, "https": 443}.get(url.scheme)
    return f"{url.scheme}://{host}" + (f":{port}" if port and port != default else "")


def normal_path(path: str) -> str:
    """Return a path with one spelling of each segment and no slash at its end."""
    segments = path.strip("/").split("/")
    return "/" + "/".join(quote(unquote(segment), safe=_IN_SEGMENT) for segment in segments)
