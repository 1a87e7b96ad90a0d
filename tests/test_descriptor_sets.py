"""protoc compiles the `.proto` files that are new or changed, against the descriptors of the others."""

from __future__ import annotations

import subprocess
from collections import Counter
from collections.abc import Mapping, Sequence
from contextlib import AbstractContextManager
from pathlib import Path

import pytest

from apiscribe.diagnostics.source import Span
from apiscribe.emit import descriptor_sets
from apiscribe.emit.descriptor_sets import Descriptors, compiling
from apiscribe.model.api import Api, Field, File, Message
from apiscribe.model.types import MessageRef
from apiscribe.workspace import protoc
from apiscribe.workspace.protoc import ProtocError, compile_protos

SPAN = Span("pages/shop.md", 1, 1)
# A shelf has books, a book has an author; a fair has none of them.
TYPES = {"shelf": "book", "book": "author", "author": "", "fair": ""}
API = Api(
    name="shop",
    files=tuple(
        File(
            path=f"{name}.proto",
            package="shop",
            page=SPAN.path,
            messages=(
                Message(
                    name=name,
                    full_name=f"shop.{name}",
                    fields=tuple(
                        Field(
                            name="of",
                            json_name="of",
                            number=1,
                            type=MessageRef(name=f"shop.{used}"),
                            span=SPAN,
                        )
                        for used in [type_]
                        if used
                    ),
                    span=SPAN,
                ),
            ),
        )
        for name, type_ in TYPES.items()
    ),
)


def proto(name: str, more: str = "", package: str = "shop") -> bytes:
    used = TYPES[name]
    imported = f'import "{used}.proto";' if used else ""
    field = f"{used} of = 1;" if used else ""
    text = f'syntax = "proto3"; package {package}; {imported} message {name} {{ {field} }} {more}'
    return text.encode()


PROTOS = {f"{name}.proto": proto(name) for name in TYPES}


@pytest.fixture(autouse=True)
def compiled(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> list[list[str]]:
    """The files of each run of protoc, after one of all."""
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    descriptors(PROTOS)
    runs: list[list[str]] = []
    real = protoc.compiling

    def counted(
        protos: Mapping[str, bytes], known: Sequence[bytes] = (), at_once: int = 0
    ) -> AbstractContextManager[object]:
        runs.append(sorted(protos))
        return real(protos, known, at_once)

    monkeypatch.setattr(protoc, "compiling", counted)
    return runs


def descriptors(protos: Mapping[str, bytes]) -> Descriptors:
    with compiling(API, protos, Counter()) as result:
        return result()


def test_without_a_change_protoc_does_not_run(compiled: list[list[str]]) -> None:
    assert descriptors(PROTOS).keys() == PROTOS.keys()
    assert not compiled


@pytest.mark.parametrize(
    ("changed", "compiled_again"),
    [("fair", {"fair"}), ("book", {"book", "shelf"}), ("author", {"author", "book", "shelf"})],
)
def test_a_changed_file_and_those_that_import_it_are_compiled(
    compiled: list[list[str]], changed: str, compiled_again: set[str]
) -> None:
    protos = {**PROTOS, f"{changed}.proto": proto(changed, "message Added {}")}
    result = descriptors(protos)
    assert compiled == [[f"{name}.proto" for name in sorted(compiled_again)]]
    together = compile_protos(protos)
    assert result == {
        path: file.SerializeToString(deterministic=True)
        for path, file in together.items()
        if path in protos
    }


@pytest.mark.parametrize("at_once", [1, 3])
def test_files_that_are_compiled_one_after_another_are_as_those_compiled_together(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, at_once: int
) -> None:
    together = descriptors(PROTOS)
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "other"))
    monkeypatch.setattr(descriptor_sets, "_AT_ONCE", at_once)
    monkeypatch.setattr(protoc, "subprocess", subprocess)  # protoc in a process of its own
    assert descriptors(PROTOS) == together
    for more in ("message book {}", "message Fair { author by = 1; }"):
        with pytest.raises(ProtocError, match="defined"):
            descriptors({**PROTOS, "fair.proto": proto("fair", more)})


@pytest.mark.parametrize(
    ("more", "reported"),
    [
        ("message book {}", '"shop.book" is already defined in file "book.proto"'),
        ("enum State { book = 0; }", '"shop.book" is already defined'),
        ("message Fair { author by = 1; }", '"author" is not defined'),
    ],
)
def test_what_protoc_refuses_of_all_files_is_refused_of_the_changed_one(
    more: str, reported: str
) -> None:
    protos = {**PROTOS, "fair.proto": proto("fair", more)}
    for _ in range(2):  # also from the cache
        with pytest.raises(ProtocError, match=reported):
            descriptors(protos)


def test_a_name_may_not_be_that_of_the_package_of_another_file() -> None:
    with pytest.raises(ProtocError, match=r"shop\.book"):
        descriptors({**PROTOS, "fair.proto": proto("fair", package="shop.book")})
