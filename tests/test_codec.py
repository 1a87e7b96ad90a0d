"""JSON objects with documented names ↔ protobuf messages, in generated packages.

The oracle is protobuf's own JSON mapping, which knows everything but the documented names.
"""

from __future__ import annotations

import base64
import json
import subprocess
import sys
from collections.abc import Collection
from pathlib import Path
from typing import Any

import pytest
from google.protobuf import json_format
from google.protobuf.wrappers_pb2 import FloatValue
from grpc_tools import protoc
from hypothesis import given
from hypothesis import strategies as st
from serving import WAIT, Json, package, tree
from shop_api import PAYMENTS, SHOP_ROWS, documented, shop_to_proto, values_of
from thorough import examples

from apiscribe_runtime.codec import Codec, shortest_float
from apiscribe_runtime.errors import ApiError
from apiscribe_runtime.protojson import ProtoJson

texts = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"), max_size=5)
doubles = st.floats(allow_nan=False, allow_infinity=False).filter(
    lambda number: str(number) != "-0.0"
)
json_values = st.recursive(
    st.none() | st.booleans() | doubles | texts,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(texts, inner, max_size=3),
    max_leaves=5,
)
SHORT = {3: 1000, 6: 1, 0: 1000000}  # digits after the point → microseconds in the last of them


@st.composite
def times(draw: st.DrawFn) -> str:
    """RFC 3339 as protobuf writes it: with 0, 3 or 6 digits, as few as will do."""
    time = draw(st.datetimes())
    digits = draw(st.sampled_from(sorted(SHORT)))
    time = time.replace(microsecond=time.microsecond // SHORT[digits] * SHORT[digits])
    if time.microsecond == 0:
        return f"{time.isoformat()}Z"
    unit = "microseconds" if time.microsecond % 1000 else "milliseconds"
    return f"{time.isoformat(timespec=unit)}Z"


SCALARS: dict[str, st.SearchStrategy[Any]] = {
    "string": texts,
    "bytes": st.binary(max_size=5).map(lambda data: base64.b64encode(data).decode()),
    "bool": st.booleans(),
    "double": doubles,
    "int32": st.integers(-(2**31), 2**31 - 1) | st.just(0),
    "int64": st.integers(-(2**63), 2**63 - 1).map(str) | st.just("0"),
    "uint64": st.integers(0, 2**64 - 1).map(str),
}
WELL_KNOWN: dict[str, st.SearchStrategy[Any]] = {
    "google.protobuf.Value": json_values,
    "google.protobuf.Struct": st.dictionaries(texts, json_values, max_size=3),
    "google.protobuf.Timestamp": times(),
    "google.protobuf.Duration": st.integers(-(10**9), 10**9).map(lambda n: f"{n}s"),
}


def objects(descriptor: Any, zeros: bool) -> st.SearchStrategy[Json]:
    """JSON objects of a message; `zeros`: with fields that protobuf takes for not given, too."""
    fields = {documented(field): values(field, zeros) for field in descriptor.fields}
    return st.fixed_dictionaries({}, optional=fields)


def values(field: Any, zeros: bool) -> st.SearchStrategy[Any]:
    if message := field.message_type:
        one = WELL_KNOWN.get(message.full_name, st.deferred(lambda: objects(message, zeros)))
        return st.lists(one, min_size=not zeros, max_size=2) if field.is_repeated else one
    if enum := field.enum_type:
        known = values_of(enum)
        # The zero of Payment is no documented value.
        one, zero = st.sampled_from(known), "" if enum.name == "Payment" else known[0]
    else:
        kind = next(
            kind for kind in SCALARS if getattr(field, f"TYPE_{kind.upper()}") == field.type
        )
        one, zero = SCALARS[kind], {"int64": "0", "uint64": "0"}.get(kind, 0)
    if field.is_repeated:
        return st.lists(one, min_size=not zeros, max_size=3)
    return one if zeros else one.filter(lambda value: value not in (zero, "", False))


def order(zeros: bool = False) -> st.SearchStrategy[Json]:
    """Orders of the shop: they have fields of every kind."""
    return objects(messages().OrderInfo.DESCRIPTOR, zeros)


def messages() -> Any:
    return package(tree("shop"), "stubs.shop.v1.order_pb2")


def wire() -> Any:
    api = package(tree("shop"), "registry").API
    return Codec(api.value_names, api.opaque_types)


def test_the_shop_has_fields_of_every_kind() -> None:
    fields = messages().OrderInfo.DESCRIPTOR.fields
    kinds = {field.type for field in fields}
    some = fields[0]
    wanted = ("STRING", "BYTES", "BOOL", "DOUBLE", "INT32", "INT64", "UINT64", "ENUM", "MESSAGE")
    assert kinds == {getattr(some, f"TYPE_{kind}") for kind in wanted}
    repeated = {field.type for field in fields if field.is_repeated}
    assert len(repeated) == 4, "strings, numbers, enums, messages"
    assert {f.message_type.full_name for f in fields if f.message_type} >= set(WELL_KNOWN)


@examples(40)
@given(st.data())
def test_json_to_protobuf_to_json_is_identity(data: st.DataObject) -> None:
    value = data.draw(order())
    message = wire().to_proto(value, messages().OrderInfo)
    received = messages().OrderInfo.FromString(message.SerializeToString())
    assert wire().to_json(received) == value


@examples(40)
@given(st.data())
def test_messages_are_those_of_protobufs_own_mapping(data: st.DataObject) -> None:
    value = data.draw(order(zeros=True))
    expected = json_format.ParseDict(shop_to_proto(value), messages().OrderInfo())
    assert wire().to_proto(value, messages().OrderInfo) == expected


@examples(40)
@given(st.data())
def test_defaults_are_dropped_as_protobuf_drops_them(data: st.DataObject) -> None:
    """What HTTP takes for not given is what gRPC cannot tell from not given."""
    value = data.draw(order(zeros=True))
    message = wire().to_proto(value, messages().OrderInfo)
    assert as_read(value) == as_read(wire().to_json(message))


@pytest.mark.parametrize(
    ("field", "zero"),
    [
        ("order_id", ""),
        ("state", "None"),
        ("quantity", 0),
        ("serial", 0),
        ("weight", 0.0),
        ("gift", False),
        ("photo", ""),
        ("labels", []),
        ("lines", []),
        ("unit-price", 0),
        ("order_id", None),
        ("address", None),
        ("placed_at", None),
        pytest.param("serial", "0"),
        pytest.param("checksum", "0"),
        ("labels", None),
    ],
)
def test_a_zero_counts_as_absent(field: str, zero: Any) -> None:
    assert as_read({field: zero, "from": "Ada"}) == {"from": "Ada"}


@pytest.mark.parametrize(
    "given_",
    [
        {"address": {}},  # a message has presence
        {"extra": None},  # null is a value of Value
        {"options": {}},
        {"labels": [""]},
        {"history": ["None"]},
        {"lines": [{}]},
        {"bogus": 0},  # for the model to refuse
    ],
)
def test_a_value_other_than_zero_stays(given_: Json) -> None:
    # As text: to Python, 0 and False are equal.
    assert repr(as_read(given_)) == repr(given_)


@pytest.mark.parametrize(
    ("given_", "type_"),
    [
        ({"order_id": 0}, "string"),
        ({"quantity": ""}, "int"),
        ({"quantity": 1.5}, "int"),
        ({"quantity": "1" * 5000}, "int"),
        ({"gift": 0}, "bool"),
        ({"gift": "true"}, "bool"),
        ({"weight": False}, "float"),
        ({"weight": "1_0"}, "float"),
        ({"photo": "a"}, "bytes"),
        ({"placed_at": 1704067200}, "datetime"),
        ({"took": "1 s"}, "duration"),
        ({"labels": ""}, "list"),
        ({"options": []}, "object"),
        ({"address": []}, "object"),
    ],
)
def test_a_value_of_another_type_is_refused(given_: Json, type_: str) -> None:
    with pytest.raises(ApiError) as found:
        as_read(given_)
    [key] = given_
    assert found.value.message == f"Parameter type is invalid. (key = {key}, type = {type_})"


@pytest.mark.parametrize(
    ("given_", "read"),
    [
        ({"quantity": "7"}, {"quantity": 7}),
        ({"quantity": 7.0}, {"quantity": 7}),
        ({"weight": "1e3"}, {"weight": 1000.0}),
        ({"state": 2}, {"state": "PAID"}),
        ({"state": "2"}, {"state": "PAID"}),
        ({"payment": 3}, {"payment": "by-card"}),
        ({"photo": "--__"}, {"photo": "++//"}),
        ({"took": "1.50s"}, {"took": "1.500s"}),
        ({"extra": 2**53 + 1}, {"extra": 2**53}),
        ({"extra": 1.0}, {"extra": 1}),
        ({"orderId": "o-1"}, {"order_id": "o-1"}),
    ],
)
def test_a_value_is_read_as_protobuf_carries_it(given_: Json, read: Json) -> None:
    found = as_read(given_)
    assert repr(found) == repr(read)
    assert as_read(wire().to_json(wire().to_proto(found, messages().OrderInfo))) == read


def test_a_field_given_by_both_of_its_names_is_refused() -> None:
    with pytest.raises(ApiError) as found:
        as_read({"order_id": "o-1", "orderId": "o-1"})
    assert found.value.message.endswith("(key = orderId, reason = given twice, also as order_id)")


@given(st.floats(width=32, allow_nan=False, allow_infinity=False))
def test_a_float_has_the_digits_that_protobuf_prints(number: float) -> None:
    printed = json_format.MessageToDict(FloatValue(value=number))
    assert shortest_float(number) == printed


def as_read(value: Json, opaque_types: Collection[str] = ()) -> Json:
    """A request as the server reads it."""
    value_names = package(tree("shop"), "registry").API.value_names
    reader = ProtoJson(value_names, opaque_types)
    return dict(reader.read(value, messages().OrderInfo.DESCRIPTOR))


def test_an_empty_text_is_no_value_of_an_incomplete_enum() -> None:
    state = messages().OrderInfo.DESCRIPTOR.fields_by_name["state"].enum_type.full_name
    assert as_read({"state": ""}, {state}) == {}
    assert as_read({"state": "ANY"}, {state}) == {"state": "ANY"}
    # A closed one has no such value; that is for the model to say.
    assert as_read({"state": ""}) == {"state": ""}


def test_documented_names_are_kept_where_protobuf_has_others() -> None:
    value: Json = {"from": "Ada", "schema": "s", "else": "e", "unit-price": 7, "fields": ["f"]}
    message = wire().to_proto(value, messages().OrderInfo)
    assert message.unit_price == 7
    assert getattr(message, "from") == "Ada"
    assert wire().to_json(message) == value
    assert "unit-price" in json_format.MessageToJson(message)


@pytest.mark.parametrize("name", PAYMENTS)
def test_documented_values_are_kept_where_protobuf_has_others(name: str) -> None:
    message = wire().to_proto({"payment": name}, messages().OrderInfo)
    assert message.payment == PAYMENTS.index(name) + 1
    assert wire().to_json(message) == {"payment": name}


@pytest.mark.parametrize(
    ("value", "named"),
    [
        ({"bogus": 1}, "key = bogus, reason = no such field"),
        ({"lines": [{}, {"bogus": 1}]}, "key = lines[1].bogus, reason = no such field"),
        ({"address": {"bogus": 1}}, "key = address.bogus"),
        ({"unit_price": 1}, "key = unit_price"),
        ({"state": "BOGUS"}, "key = state"),
        ({"payment": "BY CARD"}, "key = payment"),
        ({"history": ["NEW", "BOGUS"]}, "key = history[1]"),
    ],
)
def test_a_value_without_a_field_in_protobuf_is_refused(value: Json, named: str) -> None:
    refusal = ApiError
    with pytest.raises(refusal) as found:
        wire().to_proto(value, messages().OrderInfo)
    assert named in found.value.message


def test_a_number_that_names_no_value_stays_a_number() -> None:
    message = messages().OrderInfo()
    message.state = 99
    assert wire().to_json(message) == {"state": 99}


# What protoc makes of the emitted .proto, in a process of its own: its pool is the process's.
COMPARE = """
import json, sys
from google.protobuf import json_format
from google.protobuf.wrappers_pb2 import FloatValue
from shop.v1 import order_pb2

for row in json.load(sys.stdin):
    message = json_format.ParseDict(row, order_pb2.OrderInfo())
    print(message.SerializeToString(deterministic=True).hex())
"""


def test_bytes_are_those_of_the_modules_that_protoc_writes(protoc_modules: Path) -> None:
    rows = SHOP_ROWS["Order"]
    done = subprocess.run(
        [sys.executable, "-c", COMPARE],
        cwd=protoc_modules,
        input=json.dumps(shop_to_proto(rows)),
        capture_output=True,
        text=True,
        timeout=WAIT,
        check=True,
    )
    own = [wire().to_proto(row, messages().OrderInfo) for row in rows]
    assert done.stdout.split() == [m.SerializeToString(deterministic=True).hex() for m in own]


@pytest.fixture(scope="module")
def protoc_modules(tmp_path_factory: pytest.TempPathFactory) -> Path:
    out, protos = tmp_path_factory.mktemp("protoc"), tree("shop") / "proto"
    google = Path(protoc.__file__).parent / "_proto"
    api = Path(json_format.__file__).parent.parent  # googleapis-common-protos lies beside it
    files = [str(file) for file in protos.rglob("*.proto")]
    status = protoc.main(
        ["protoc", f"-I{protos}", f"-I{google}", f"-I{api.parent}", f"--python_out={out}", *files]
    )
    assert status == 0
    return out
