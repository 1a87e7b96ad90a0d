"""Names: whatever a page writes, an identifier comes out, and no two that must differ are alike."""

from __future__ import annotations

import keyword
import string

import pytest
from google.protobuf.descriptor_pb2 import FieldDescriptorProto, FileDescriptorProto
from google.protobuf.descriptor_pool import DescriptorPool
from hypothesis import example, given
from hypothesis import strategies as st
from pydantic import BaseModel

from apiscribe.diagnostics.did_you_mean import did_you_mean
from apiscribe.model import names
from apiscribe_runtime.messages import Message

LETTERS = string.ascii_letters
ANY_TEXT = st.text() | st.text(st.sampled_from("_-. /\\\"'aZ9é日\u202e\x00\n"))
IDENTIFIERS = st.from_regex(names.IDENTIFIER, fullmatch=True).filter(lambda name: len(name) < 190)
NAMED = st.from_regex(r"[A-Za-z][A-Za-z0-9_]{0,30}", fullmatch=True)
WORDS = st.lists(st.text(string.ascii_lowercase, min_size=1, max_size=8), min_size=1, max_size=5)
BLANK_NAMES = ["_", "__", "_2", "_2nd", "__2__"]


@given(ANY_TEXT)
@example("")
@example("_")
@example("a" * 10_000)
@example("é" * 10_000)
@example("\ud800")
@example("²")
@example("ª")
@example("1" * 300)
def test_identifier_always_gives_an_identifier(text: str) -> None:
    found = names.identifier(text)
    assert names.is_identifier(found)
    assert found.isidentifier()
    assert found.isascii()


@given(IDENTIFIERS)
def test_an_identifier_stays_as_it_is(name: str) -> None:
    assert names.identifier(name) == name


@given(ANY_TEXT)
def test_only_ascii_words_are_identifiers(text: str) -> None:
    plain = set(LETTERS + string.digits + "_")
    wanted = bool(text) and not text[0].isdigit() and set(text) <= plain and len(text) <= 200
    assert names.is_identifier(text) == wanted


@pytest.mark.parametrize("text", ["a\n", "a\r", "a\x00", " a", "a b", "a.b", "ａ", "é", "²", ""])
def test_a_mere_lookalike_of_an_identifier_is_none(text: str) -> None:
    assert not names.is_identifier(text)


@given(NAMED | st.text(LETTERS + string.digits + " -.", min_size=1).filter(str.strip))
@example("2nd try")
@example("A" * 200)
def test_snake_and_camel_give_identifiers(text: str) -> None:
    assert names.is_identifier(names.snake(text))
    assert names.is_identifier(names.camel(text))
    assert names.snake(text).islower()


@pytest.mark.parametrize("text", BLANK_NAMES)
@pytest.mark.parametrize("cased", [names.snake, names.camel, names.screaming])
def test_names_without_a_letter_in_front_are_cased_to_identifiers(text: str, cased: object) -> None:
    assert callable(cased)
    assert names.is_identifier(cased(text))


@given(WORDS)
def test_words_are_alike_however_they_are_joined(words: list[str]) -> None:
    capital = "".join(word.capitalize() for word in words)
    mixed = "_".join([words[0].capitalize(), *words[1:]])
    snakes = {names.snake(text) for text in ("_".join(words), "-".join(words), mixed)}
    assert snakes == {"_".join(words)}
    # A word of one letter before another capital cannot be told from the start of the next word.
    if all(len(word) > 1 for word in words):
        assert names.snake(capital) == "_".join(words)


def test_page_names_of_both_versions_are_alike() -> None:
    spellings = ["JobTask", "Job_task", "job-task", "Job task", "job_task"]
    assert {names.snake(text) for text in spellings} == {"job_task"}
    assert names.camel("mfaType") == "MfaType"
    assert names.screaming("JobStatus") == "JOB_STATUS"


@given(
    IDENTIFIERS
    | st.sampled_from(
        [*keyword.kwlist, *dir(BaseModel), *dir(type(BaseModel)), *BLANK_NAMES, "self"]
    )
)
def test_an_attribute_is_free_to_be_one(name: str) -> None:
    attribute = names.python_attribute(name)
    assert attribute.isidentifier()
    assert not attribute.startswith("_")
    assert not keyword.iskeyword(attribute)
    assert not hasattr(BaseModel, attribute)
    assert not attribute.startswith("model_") or attribute.endswith("_")
    assert attribute == attribute.lower() or attribute.endswith("_")
    assert attribute not in ("bool", "bytes", "dict", "float", "int", "list", "str")


@pytest.mark.parametrize(
    "name", sorted(name for name in {*dir(Message), *dir(type(Message))} if name[0] != "_")
)
def test_no_field_hides_a_method_that_the_runtime_calls(name: str) -> None:
    assert names.python_attribute(name) != name


@given(IDENTIFIERS | st.sampled_from([*keyword.kwlist, *dir(str), *BLANK_NAMES]))
def test_a_member_of_an_enum_hides_nothing_of_it(name: str) -> None:
    member = names.python_member(name)
    assert member.isidentifier()
    assert not member.startswith("_")
    assert not keyword.iskeyword(member)
    assert not hasattr(str, member)
    assert member not in ("name", "value", "mro")


@given(st.sampled_from(keyword.kwlist) | IDENTIFIERS)
def test_a_module_is_never_a_keyword(name: str) -> None:
    assert names.python_module(name).isidentifier()
    assert not keyword.iskeyword(names.python_module(name))


@given(IDENTIFIERS, st.sets(IDENTIFIERS), st.integers(0, 5))
def test_a_unique_name_is_not_taken(name: str, others: set[str], twins: int) -> None:
    taken = others | {name} | {f"{name}_{count}" for count in range(2, 2 + twins)}
    found = names.unique(name, taken)
    assert found not in taken
    assert found.startswith(name)
    assert found.isidentifier()
    assert names.unique(name, taken - {name}) == name


@given(st.lists(IDENTIFIERS.filter(lambda name: len(name) < 60), min_size=1, unique=True))
@example(["_", "__", "a_", "_a", "a__b", "a_1", "A_b", "aB"])
def test_json_names_are_those_that_protobuf_makes(fields: list[str]) -> None:
    for name in fields:
        file = FileDescriptorProto(name="x.proto", syntax="proto3")
        message = file.message_type.add(name="M")
        message.field.add(
            name=name,
            number=1,
            type=FieldDescriptorProto.TYPE_STRING,
            label=FieldDescriptorProto.LABEL_OPTIONAL,
        )
        pool = DescriptorPool()
        pool.Add(file)
        made = pool.FindMessageTypeByName("M").fields_by_name[name].json_name
        assert names.proto_json(name) == made


def test_a_near_name_is_suggested_and_a_far_one_is_not() -> None:
    assert did_you_mean("Repeatd", ["Repeated", "Required"]) == ' (did you mean "Repeated"?)'
    assert did_you_mean("zebra", ["Repeated", "Required"]) == ""
