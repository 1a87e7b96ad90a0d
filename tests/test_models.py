"""The generated models: what they take, what they refuse, and how they write themselves."""

from __future__ import annotations

import importlib
import json
import math
import re
import shutil
import subprocess
import sys
from datetime import UTC, datetime, timedelta
from enum import StrEnum
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError
from serving import WAIT, Json, bug, build, package, tree, write_spec
from shop_api import PAYMENTS, SHOP_ROWS

from apiscribe_runtime.samples import sample_rows

SAMPLES = ("cloudforet", "spaceone")


def orders() -> Any:
    """The module of the shop's models."""
    return package(tree("shop"), "models.shop.v1.order")


# --- where models can be


def test_a_package_works_from_another_folder_under_another_parent(tmp_path: Path) -> None:
    home = tmp_path / "vendored" / "clients"
    shutil.copytree(tree("cloudforet") / "cloudforet", home / "cloudforet")
    program = """
from vendored.clients.cloudforet.registry import API
from vendored.clients.cloudforet.models.spaceone.api.inventory.v1.job import JobsInfo
from vendored.clients.cloudforet.stubs.spaceone.api.inventory.v1 import job_pb2, job_pb2_grpc
import sys
assert JobsInfo(results=[{"job_id": "a"}]).to_json() == {"results": [{"job_id": "a"}]}
assert job_pb2.JobInfo(job_id="a").SerializeToString()
print(*sorted(name for name in sys.modules if name.split(".")[0] in ("cloudforet", "apiscribe")))
"""
    done = run_python(program, tmp_path)
    assert done.stdout.strip() == "", "it imports nothing from where it was built"


def test_a_service_without_methods_has_a_package(tmp_path: Path) -> None:
    page = """\
# Book

> **Package : shop.v1**

## Book

**Book Methods:**

| Method | Request | Response |
| :--- | :--- | :--- |

## Message

### BookInfo
| Field | Type |
| :--- | :--- |
| title | string |
"""
    found = build(write_spec(tmp_path / "idle", {"pages/book.md": page}), tmp_path / "out")
    (service,) = package(found, "registry").API.services
    assert service.methods == ()
    assert package(found, "stubs.shop.v1.book_pb2_grpc").BookStub(None)


def test_a_package_may_be_renamed(tmp_path: Path) -> None:
    shutil.copytree(tree("cloudforet") / "cloudforet", tmp_path / "other_name")
    program = "from other_name.registry import API; print(len(API.services))"
    assert run_python(program, tmp_path).stdout == "2\n"


def run_python(program: str, folder: Path) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-c", program],
        cwd=folder,
        capture_output=True,
        text=True,
        timeout=WAIT,
        check=True,
    )


def test_two_packages_that_declare_the_same_names_live_in_one_process() -> None:
    found = []
    for name in SAMPLES:
        models = package(tree(name), "models.spaceone.api.inventory.v1.job")
        stubs = package(tree(name), "stubs.spaceone.api.inventory.v1.job_pb2")
        package(tree(name), "stubs.spaceone.api.inventory.v1.job_pb2_grpc")
        assert stubs.JobInfo.DESCRIPTOR.full_name == "spaceone.api.inventory.v1.JobInfo"
        found.append((models.JobInfo, stubs.JobInfo))
    (one_model, one_stub), (other_model, other_stub) = found
    assert one_model is not other_model
    assert one_stub is not other_stub
    # The versions differ: a string in one, a Timestamp in the other.
    assert one_stub(created_at="2024").created_at == "2024"
    assert other_stub().created_at.seconds == 0


# Without google.api and grpc, which ship no types.
MYPY = """
[mypy]
strict = true

[mypy-grpc.*,google.api.*]
ignore_missing_imports = true
"""


def mypy(folder: Path, packages: list[str], *arguments: str) -> str:
    """What mypy finds with --strict; `packages` are on its path."""
    (folder / "mypy.ini").write_text(MYPY, "utf-8")
    command = [sys.executable, "-m", "mypy", "--config-file", "mypy.ini", "--cache-dir", "cache"]
    done = subprocess.run(
        [*command, *arguments],
        cwd=folder,
        env={"MYPYPATH": ":".join(str(tree(name)) for name in packages)},
        capture_output=True,
        text=True,
        timeout=WAIT,
    )
    assert done.returncode in (0, 1), done.stderr
    return done.stdout


@pytest.fixture(scope="module")
def mypy_folder(tmp_path_factory: pytest.TempPathFactory, request: pytest.FixtureRequest) -> Path:
    """A folder to run mypy in; its cache, of what the libraries declare, outlives the run."""
    folder = tmp_path_factory.mktemp("mypy")
    assert request.config.cache is not None
    (folder / "cache").symlink_to(request.config.cache.mkdir("mypy-models"))
    return folder


def test_models_and_stubs_pass_strict_type_checking(mypy_folder: Path) -> None:
    packages = [*SAMPLES, "shop"]
    flags = [f"--package={name}.{part}" for name in packages for part in ("models", "stubs")]
    assert mypy(mypy_folder, packages, *flags).startswith("Success: no issues found")


# What a user may write, and what mypy must say of it: nothing, or these words.
TYPED = [
    ("OrderInfo(order_id='a', state=State.NEW, labels=['b'], serial=5)", ""),
    ("OrderInfo(bogus=1)", 'Unexpected keyword argument "bogus"'),
    ("OrderInfo(order_id=5)", "incompatible type"),
    ("GetOrderRequest()", 'Missing named argument "order_id"'),
    ("OrderInfo().placed_at.year", '"None"'),
    ("OrderInfo().address and 1", ""),
    ("order_pb2.OrderQuery(order_id='a', state='NEW').order_id.lower()", ""),
    ("order_pb2.OrderQuery(bogus=1)", 'Unexpected keyword argument "bogus"'),
    ("order_pb2.OrderQuery().bogus", 'no attribute "bogus"'),
    ("OrderInfo(from_='Ada')", ""),
    ("OrderInfo(unit_price=3)", ""),
]
ALIASED = ("from_", "unit_price")


@pytest.fixture(scope="module")
def type_errors(mypy_folder: Path) -> dict[int, str]:
    """Line of TYPED → what mypy says of it."""
    imports = [
        "from shop.models.shop.v1.order import GetOrderRequest, OrderInfo, State",
        "from shop.stubs.shop.v1 import order_pb2",
    ]
    lines = [*imports, *(line for line, _ in TYPED), ""]
    (mypy_folder / "user.py").write_text("\n".join(lines), "utf-8")
    said = mypy(mypy_folder, ["shop"], "user.py")
    found = re.findall(r"^user\.py:(\d+): error: (.*)$", said, re.MULTILINE)
    return {int(number) - len(imports) - 1: text for number, text in found}


@pytest.mark.parametrize("number", range(len(TYPED)), ids=lambda number: TYPED[number][0])
def test_mypy_checks_the_use_of_models_and_stubs(
    type_errors: dict[int, str], number: int, request: pytest.FixtureRequest
) -> None:
    line, expected = TYPED[number]
    if any(name in line for name in ALIASED):
        why = "mypy takes an alias for the argument's name; validation_alias it does not"
        request.applymarker(bug("typed-alias", why))
    found = type_errors.get(number, "")
    assert expected in found if expected else found == ""


@bug("well-known", "stubs take the messages of their own pool, and their types promise others")
def test_stubs_take_the_well_known_messages_that_their_types_promise() -> None:
    from google.protobuf.struct_pb2 import Value
    from google.protobuf.timestamp_pb2 import Timestamp

    stubs = package(tree("shop"), "stubs.shop.v1.order_pb2")
    try:
        order = stubs.OrderInfo(extra=Value(string_value="x"), placed_at=Timestamp(seconds=5))
    except TypeError as error:
        pytest.fail(str(error))
    assert (order.extra.string_value, order.placed_at.seconds) == ("x", 5)


# --- names


def test_json_has_the_documented_names() -> None:
    order = orders().OrderInfo(from_="Ada", schema_="s", else_="e", unit_price=7, fields=["f"])
    expected = {"fields": ["f"], "from": "Ada", "schema": "s", "else": "e", "unit-price": 7}
    assert order.to_json() == expected
    assert orders().OrderInfo.model_validate(expected) == order
    assert json.loads(order.model_dump_json(exclude_unset=True)) == expected


def test_enums_have_the_documented_values() -> None:
    assert issubclass(orders().State, StrEnum)
    assert [value.value for value in orders().State] == ["None", "NEW", "PAID", "SHIPPED"]
    assert [value.value for value in orders().Payment] == list(PAYMENTS)
    assert orders().State.None_ == "None"
    order = orders().OrderInfo(state="None", history=["NEW", "None"], payment="by-card")
    assert order.state is orders().State.None_
    assert order.to_json() == {"state": "None", "history": ["NEW", "None"], "payment": "by-card"}


# --- what is refused


def refused(model: str, given_: Json) -> list[tuple[tuple[str | int, ...], str]]:
    """Where the model finds a fault, and of which type."""
    with pytest.raises(ValidationError) as found:
        getattr(orders(), model).checked(given_)
    return [(error["loc"], error["type"]) for error in found.value.errors()]


@pytest.mark.parametrize(
    ("model", "given_", "missing"),
    [
        ("GetOrderRequest", {}, ["order_id"]),
        ("CancelOrderRequest", {}, ["order_id", "refund"]),
        ("CancelOrderRequest", {"order_id": None, "refund": None}, ["order_id", "refund"]),
        ("CancelOrderRequest", {"order_id": "a", "refund": {}}, ["coverage"]),
        ("OrderStatQuery", {}, ["query"]),
    ],
)
def test_requests_must_have_the_required_fields(
    model: str, given_: Json, missing: list[str]
) -> None:
    assert [loc[-1] for loc, _ in refused(model, given_)] == missing


@pytest.mark.parametrize("model", ["OrderQuery", "OrderInfo", "OrderLine", "OrdersInfo"])
def test_nothing_is_required_elsewhere(model: str) -> None:
    """A row may lack what its page marks: a list that returns some fields does."""
    assert getattr(orders(), model)().to_json() == {}


@pytest.mark.parametrize("name", SAMPLES)
def test_requests_of_the_samples_must_have_their_domain(name: str) -> None:
    models = package(tree(name), "models.spaceone.api.inventory.v1.job")
    with pytest.raises(ValidationError, match="domain_id"):
        models.JobsQuery()
    assert models.JobsQuery(domain_id="a").to_json() == {"domain_id": "a"}


@pytest.mark.parametrize(
    ("field", "value", "kind"),
    [
        ("state", "BOGUS", "enum"),
        ("state", "new", "enum"),
        ("state", 1, "enum"),
        ("payment", "by_card", "enum"),
        ("quantity", 2**31, "less_than"),
        ("quantity", -(2**31) - 1, "greater_than_equal"),
        ("quantity", 1.5, "int_from_float"),
        ("serial", 2**63, "less_than"),
        ("serial", str(2**63), "less_than"),
        ("serial", -(2**63) - 1, "greater_than_equal"),
        ("serial", "many", "int_parsing"),
        ("checksum", -1, "greater_than_equal"),
        ("checksum", 2**64, "less_than"),
        ("order_id", 5, "string_type"),
        ("labels", "red", "list_type"),
        ("labels", None, "list_type"),
        ("address", "Ulm", "model_type"),
        ("options", [], "dict_type"),
        ("took", "soon", "string_pattern_mismatch"),
        ("bogus", 1, "extra_forbidden"),
    ],
)
def test_values_that_a_field_cannot_have_are_refused(field: str, value: Any, kind: str) -> None:
    assert refused("OrderInfo", {field: value}) == [((field,), kind)]


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("quantity", 2**31 - 1),
        ("quantity", -(2**31)),
        ("serial", 2**63 - 1),
        ("serial", -(2**63)),
        ("checksum", 0),
        ("checksum", 2**64 - 1),
    ],
)
def test_the_limits_of_a_number_are_values(field: str, value: int) -> None:
    order = orders().OrderInfo.checked({field: value})
    assert getattr(order, field) == value
    assert orders().OrderInfo.checked(order.to_json()) == order


@pytest.mark.parametrize("field", ["quantity", "serial", "weight"])
def test_a_boolean_is_no_number(field: str) -> None:
    assert refused("OrderInfo", {field: True})[0][0] == (field,)


@pytest.mark.parametrize(
    ("field", "value"),
    [
        pytest.param("weight", math.nan),
        pytest.param("weight", math.inf),
        pytest.param("gift", "yes", marks=bug("lax", "pydantic's lax mode")),
        pytest.param("gift", 1, marks=bug("lax", "pydantic's lax mode")),
        pytest.param("placed_at", 5, marks=bug("lax", "pydantic's lax mode")),
        pytest.param("placed_at", "2024-01-01", marks=bug("lax", "pydantic's lax mode")),
    ],
)
def test_json_that_is_no_protojson_is_refused(field: str, value: Any) -> None:
    assert refused("OrderInfo", {field: value})[0][0] == (field,)


# --- how they are written


@pytest.mark.parametrize(
    ("given_", "expected"),
    [
        ({"serial": 5}, {"serial": "5"}),
        ({"serial": "-9223372036854775808"}, {"serial": "-9223372036854775808"}),
        ({"checksum": 2**64 - 1}, {"checksum": "18446744073709551615"}),
        ({"serials": [1, "2"]}, {"serials": ["1", "2"]}),
        ({"quantity": 5}, {"quantity": 5}),
        ({"weight": 2}, {"weight": 2.0}),
        ({"photo": b"hi"}, {"photo": "aGk="}),
        ({"photo": "aGk="}, {"photo": "aGk="}),
        ({"placed_at": "2024-01-02T03:04:05Z"}, {"placed_at": "2024-01-02T03:04:05.000Z"}),
        ({"placed_at": "2024-01-02T04:04:05.5+01:00"}, {"placed_at": "2024-01-02T03:04:05.500Z"}),
        ({"placed_at": datetime(2024, 1, 2)}, {"placed_at": "2024-01-02T00:00:00.000Z"}),
        ({"options": {"a": None, "b": [1, {}]}}, {"options": {"a": None, "b": [1, {}]}}),
        ({"extra": [None, {"a": False}]}, {"extra": [None, {"a": False}]}),
        ({"address": {}, "labels": []}, {"address": {}, "labels": []}),
        ({"address": None, "from": None}, {}),
        pytest.param({"photo": "++//"}, {"photo": "++//"}),
        ({"extra": None}, {"extra": None}),
        pytest.param(
            {"placed_at": "2024-01-02T03:04:05.000001Z"},
            {"placed_at": "2024-01-02T03:04:05.000001Z"},
        ),
    ],
)
def test_json_is_protojson(given_: Json, expected: Json) -> None:
    written = orders().OrderInfo.model_validate(given_).to_json()
    # As text: to Python, 2 and 2.0 are equal, and so are 0 and False.
    assert json.dumps(written, sort_keys=True) == json.dumps(expected, sort_keys=True)


def test_a_time_is_in_utc() -> None:
    order = orders().OrderInfo(placed_at="2024-01-02T04:04:05+01:00")
    assert order.placed_at == datetime(2024, 1, 2, 3, 4, 5, tzinfo=UTC)
    assert order.placed_at.utcoffset() == timedelta(0)


texts = st.text(st.characters(exclude_categories=["Cs"]), max_size=5)
doubles = st.floats(allow_nan=False, allow_infinity=False)
json_values = st.recursive(
    st.none() | st.booleans() | doubles | texts,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(texts, inner, max_size=3),
    max_leaves=5,
)
times = st.datetimes(timezones=st.just(UTC))
photos = st.binary(max_size=6)


@st.composite
def instances(draw: st.DrawFn) -> Any:
    """Orders with any fields set, nested ones too."""
    models = orders()
    address = st.builds(models.OrderAddress, city=texts, floors=st.lists(st.integers(-9, 9)))
    line = st.builds(models.OrderLine, product=texts, count=st.integers(0, 9), address=address)
    fields: dict[str, st.SearchStrategy[Any]] = {
        "order_id": texts,
        "state": st.sampled_from(models.State),
        "payment": st.sampled_from(models.Payment),
        "history": st.lists(st.sampled_from(models.State), max_size=3),
        "quantity": st.integers(-(2**31), 2**31 - 1),
        "serial": st.integers(-(2**63), 2**63 - 1),
        "checksum": st.integers(0, 2**64 - 1),
        "weight": doubles,
        "gift": st.booleans(),
        "photo": photos,
        "labels": st.lists(texts, max_size=3),
        "serials": st.lists(st.integers(-(2**63), 2**63 - 1), max_size=3),
        "fields": st.lists(texts, max_size=3),
        "lines": st.lists(line, max_size=2),
        "address": address,
        "extra": json_values,
        "options": st.dictionaries(texts, json_values, max_size=3),
        "placed_at": times,
        "took": st.integers(-9, 9).map(lambda seconds: f"{seconds}.5s"),
        "from_": texts,
        "schema_": texts,
        "else_": texts,
        "unit_price": st.integers(-9, 9),
    }
    assert fields.keys() == models.OrderInfo.model_fields.keys()
    return models.OrderInfo(**draw(st.fixed_dictionaries({}, optional=fields)))


@given(instances())
def test_model_to_json_to_model_is_identity(order: Any) -> None:
    model = orders().OrderInfo
    text = json.dumps(order.to_json(), allow_nan=False)
    assert model.model_validate(json.loads(text)) == order
    assert model.model_validate_json(text) == order
    assert json.loads(order.model_dump_json(exclude_unset=True)) == json.loads(text)


@pytest.mark.parametrize("name", SAMPLES)
def test_sample_rows_are_json_that_models_keep(name: str) -> None:
    api = package(tree(name), "registry").API
    for service in api.services:
        for row in sample_rows(service.resource, 3, (), api.value_names):
            assert service.resource.model.model_validate(row).to_json() == row


def test_rows_are_json_that_models_keep() -> None:
    for row in SHOP_ROWS["Order"]:
        assert orders().OrderInfo.model_validate(row).to_json() == row


def test_a_model_is_found_by_the_path_of_its_proto_file() -> None:
    for name in SAMPLES:
        for file in (tree(name) / "proto").rglob("*.proto"):
            path = file.relative_to(tree(name) / "proto").with_suffix("")
            package(tree(name))
            assert importlib.import_module(f"{name}.models.{'.'.join(path.parts)}")
