"""The base addresses that pages state, for the outputs over HTTP."""

from __future__ import annotations

import re
from urllib.parse import urlsplit

from apiscribe.model.api import Api

# A path without parts to replace, such as `{version}`.
_BASE_PATH = re.compile(r"(?:/[\w.~-]+)+", re.ASCII)


def server_urls(api: Api) -> list[str]:
    """Return the distinct base addresses of an API: those of all routes, then those of pages."""
    urls = [server.text for server in api.facts.servers]
    urls += [url for file in api.files for url in file.servers]
    return list(dict.fromkeys(urls))


def base_paths(api: Api) -> tuple[str, ...]:
    """Return the distinct paths of the base addresses: `/v1` of `https://api.example.com/v1`."""
    return tuple(dict.fromkeys(filter(None, map(_base_path, server_urls(api)))))


def _base_path(url: str) -> str:
    try:
        path = urlsplit(url).path.rstrip("/")
    except ValueError:  # brackets that hold no address
        return ""
    return path if _BASE_PATH.fullmatch(path) else ""
