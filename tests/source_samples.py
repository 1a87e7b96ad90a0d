"""What tests of sources read: pages, `.proto` files and what is found in them."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from apiscribe.model.api import (
    Api,
    Field,
    Message,
    Method,
)
from apiscribe.sources.kinds import SourceError, open_source

GENERATED = Path(__file__).parent.parent / "generated"


def refusal(text: object) -> str:
    with pytest.raises(SourceError) as found:
        open_source(str(text))
    return str(found.value)


def message(api: Api, full_name: str) -> Message:
    return next(message for _, message in api.messages() if message.full_name == full_name)


def field(api: Api, full_name: str) -> Field:
    owner, _, name = full_name.rpartition(".")
    return next(field for field in message(api, owner).fields if field.json_name == name)


def method(api: Api, full_name: str) -> Method:
    owner, _, name = full_name.rpartition(".")
    service = next(service for _, service in api.services() if service.full_name == owner)
    return next(method for method in service.methods if method.name == name)


def gitbook(fields: str) -> str:
    return f"""
# Book

> **Package : a.v1**

## Book

| Method | Request | Response |
| :--- | :--- | :--- |
| list | BookQuery | BooksInfo |

### list
> **POST** /a/v1/books

## Message

### BookQuery
| Field | Type |
| :--- | :--- |
| name | string |

### BooksInfo
| Field | Type |
| :--- | :--- |
{fields}"""


UNMARKED = gitbook("| results | BookQuery |\n| total_count | int32 |\n")
MARKED = gitbook("| results | list of BookQuery |\n| total_count | int32 |\n")


SHOP = """// A licence.

syntax = "proto3";

// Sells things.
package shop.v1;

import "google/api/annotations.proto";
import "google/api/field_behavior.proto";
import "shop/part.proto";

// Keeps orders.
service Orders {
  // Reads one.
  // Always.
  rpc get(Order) returns (stream Order) {
    option (google.api.http) = {
      get: "/orders/{id}"
      additional_bindings { post: "/orders:get" body: "*" }
      additional_bindings { custom { kind: "HEAD" path: "/orders/{id}" } }
    };
  }
}

message Order {
  reserved 4, 6 to 8, 1000 to max;
  reserved "old";
  string id = 1 [(google.api.field_behavior) = REQUIRED];  // Its key.
  string first_name = 2 [json_name = "first-name"];
  oneof paid {
    bool cash = 3;
    int64 card = 5
        [deprecated = true];
  }
  map<string, int32> counts = 9;
  repeated Part parts = 10;
  message Line {
    enum Kind { reserved 3; reserved "GONE"; NONE = 0; SOME = 2; }
    Kind kind = 1;
  }
}
"""
PART = 'syntax = "proto3";\npackage shop.v1;\nmessage Part { string name = 1; }\n'


def protoc(root: Path, *flags: str) -> None:
    """protoc on all files below a root, as a user runs it."""
    include = Path(__import__("google.api.annotations_pb2").__path__[0]).parent
    paths = sorted(file.relative_to(root).as_posix() for file in root.rglob("*.proto"))
    command = [sys.executable, "-m", "grpc_tools.protoc", "-I.", f"-I{include}", *flags, *paths]
    subprocess.run(command, cwd=root, check=True)
