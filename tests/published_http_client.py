"""A client of the published API over HTTP: runs in an environment of its own, on a library of others.

Argument: the address of a server. Standard input: a JSON list of calls, each a method of the library
and its arguments, where `{"result": N}` is the key of the row that call N returned. Standard output:
a JSON list of what the library made of each answer, or its error.
"""

from __future__ import annotations

import json
import sys

from mastodon import Mastodon, MastodonError


def argument(value, results):  # type: ignore[no-untyped-def]
    """Return an argument, with the key of an earlier result in place of its number."""
    return results[value["result"]]["id"] if isinstance(value, dict) else value


def main(address, calls):  # type: ignore[no-untyped-def]
    """Return what came of each call."""
    client = Mastodon(api_base_url=address, access_token="any", version_check_mode="none")
    results = []
    for name, arguments in calls:
        given = {key: argument(value, results) for key, value in arguments.items()}
        try:
            results.append(getattr(client, name)(**given))
        except MastodonError as error:
            results.append({"error": type(error).__name__, "status": error.args[1]})
    return results


json.dump(main(sys.argv[1], json.load(sys.stdin)), sys.stdout, default=str)
