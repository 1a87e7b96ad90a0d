"""Drift on edits of a `.proto` of our own; `make oracle` compares many more with buf."""

from __future__ import annotations

from functools import cache

import pytest
from proto_edits import EDITS, edited
from proto_files import Files, compile_files

from apiscribe.drift.compare import compare
from apiscribe.sources.from_descriptors import version_from_descriptors

FILES = {
    "shop.proto": b"""
        syntax = "proto3";
        package shop.v1;
        import "google/api/annotations.proto";
        service Shops {
          rpc List(Shop) returns (Item) {
            option (google.api.http) = {get: "/v1/{name=shops}"};
          }
          rpc Get(Shop) returns (Item) {
            option (google.api.http) = {get: "/v1/{name=shops/*}"};
          }
        }
        message Shop {
          string name = 1;
          oneof owner { string person = 2; string firm = 3; }
          optional string motto = 4;
          map<string, int32> stock = 5;
          repeated Item items = 6;
          State state = 7;
          enum State { STATE_UNSPECIFIED = 0; OPEN = 1; SHUT = 2; }
          enum Unused { UNUSED_UNSPECIFIED = 0; USED = 1; }
        }
        message Item { string title = 1; int64 price = 2 [deprecated = true]; }
    """,
    "tag.proto": b"""syntax = "proto3"; package tag.v1; message Tag { string text = 1; }""",
    "till.proto": b"""
        syntax = "proto2";
        package till.v1;
        message Till { required string code = 1; optional string place = 2; optional int32 sum = 3; }
    """,
}

# Edit → the kinds of drift that it gives, or what is listed as not compared.
EXPECTED = {
    "a field moves into a new oneof": {"oneof-changed"},
    "a field moves out of a oneof": {"oneof-changed"},
    "a oneof is deleted with its fields": {"field-unreserved"},
    "a field is no longer optional": {"presence-changed"},
    "a required field is added": {"required-field-added"},
    "a required field becomes a list": {"field-label-changed", "required-label-changed"},
    "a default is changed": {"default-changed"},
    "a map has other values": {"field-type-changed"},
    "string becomes a message": {"field-type-changed"},
    "a range to max gets a gap": {"reservation-removed"},
    "a range of an enum to max ends": {"reservation-removed"},
    "an alias is deleted": {"enum-value-removed"},
    "an enum is deleted": {"enum-removed"},
    "a message moves to another package": {"declaration-moved"},
    "a service moves to another file": {"declaration-moved"},
    "a service moves to another package": {"service-moved"},
    "a field gets a jstype": {"not compared: jstype"},
    "a file has another go_package": {"not compared: go_package"},
    "a method becomes idempotent": {"not compared: idempotency_level"},
    "a file is one of proto2": {"presence-changed", "not compared: syntax"},
}
_BY_NAME = {edit.name: edit for edit in EDITS}


@cache
def files() -> Files:
    """The files, with all that they import."""
    return compile_files("own", FILES)


@pytest.mark.parametrize("name", EXPECTED)
def test_an_edit_gives_its_kind_of_drift(name: str) -> None:
    pair = edited(files().files, files().own, _BY_NAME[name], 1)
    assert pair
    old, new = (
        version_from_descriptors(side, "edited", each)
        for side, each in (("old", pair.old), ("new", pair.new))
    )
    drift = compare(old, new)
    found = {change.kind for change in drift.changes if change.grade not in ("docs", "safe")}
    known = {entry.fact for entry in drift.not_compared if "no place" in entry.reason}
    assert found | {f"not compared: {fact}" for fact in known} == EXPECTED[name]


def test_every_edit_has_a_name_of_its_own() -> None:
    assert len(_BY_NAME) == len(EDITS)
