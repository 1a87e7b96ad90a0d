"""The published query engine over mongomock, which answers queries that it reads line by line.

It runs with a Python of its own: README.md, beside this, says how. The first line is the rows, each
other one `[method, query]`; each answer is a line, `{"answer": …}` or `{"refused": reason}`.
"""

from __future__ import annotations

import json
import logging
import sys
from datetime import UTC, datetime
from typing import Any, ClassVar

import mongoengine
import mongomock
from spaceone.core.error import ERROR_BASE
from spaceone.core.model.mongo_model import MongoModel


class RefusedError(Exception):
    """The engine does not answer."""


class Thing(MongoModel):
    thing_id = mongoengine.StringField()
    name = mongoengine.StringField()
    provider = mongoengine.StringField()
    count = mongoengine.IntField(db_field="count")
    tags = mongoengine.DictField()
    labels = mongoengine.ListField(mongoengine.StringField())
    errors = mongoengine.ListField(mongoengine.DictField())
    created_at = mongoengine.DateTimeField()
    domain_id = mongoengine.StringField()
    big = mongoengine.LongField()
    state = mongoengine.StringField()
    meta: ClassVar = {"ordering": ["-created_at"], "auto_create_index": False}


def answer(method: str, query: dict[str, Any]) -> Any:
    """The ids in order and the count; for stat the results. Raises RefusedError."""
    asked = json.loads(json.dumps(query))
    # The engine takes the lists of later versions.
    for holder in (asked, *asked.get("aggregate", ())):
        if isinstance(holder.get("sort"), dict):
            holder["sort"] = holder["sort"].get("keys") or [holder["sort"]]
    try:
        if method == "analyze":
            span = {"date_field": "created_at", "date_field_format": None}
            return plain(Thing.analyze(target="PRIMARY", **span, **asked))
        if method == "stat":
            return plain(Thing.stat(target="PRIMARY", **asked)["results"])
        found, total = Thing.query(**asked)
        return [[thing.thing_id for thing in found], total]
    except (ERROR_BASE, ArithmeticError, LookupError, NotImplementedError) as error:
        raise RefusedError(str(error).splitlines()[-1]) from error
    except (AttributeError, TypeError, ValueError) as error:
        raise RefusedError(f"{type(error).__name__}: {error}") from error


def plain(value: Any) -> Any:
    """The value as JSON: times as rows of the pages write them."""
    return json.loads(json.dumps(value, default=lambda time: f"{time:%Y-%m-%dT%H:%M:%S}.000Z"))


def store(rows: list[dict[str, Any]]) -> None:
    """Let the engine find these rows, and no others."""
    mongoengine.connect("oracle", mongo_client_class=mongomock.MongoClient)
    Thing._load_default_meta()
    stored = [
        {
            **row,
            "created_at": datetime.fromisoformat(row["created_at"]).astimezone(UTC),
            **({"big": int(row["big"])} if "big" in row else {}),
        }
        for row in rows
    ]
    Thing._get_collection().insert_many(stored)


def main() -> None:
    logging.disable()
    store(json.loads(sys.stdin.readline()))
    for line in sys.stdin:
        try:
            told = {"answer": answer(*json.loads(line))}
        except RefusedError as refused:
            told = {"refused": str(refused)}
        print(json.dumps(told), flush=True)


if __name__ == "__main__":
    main()
