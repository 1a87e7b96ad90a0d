"""A page is hostile: each payload in each place of a page ends in an error or does nothing."""

from __future__ import annotations

import functools
import itertools
import json
import re
import subprocess
import sys
import tempfile
from collections import Counter
from pathlib import Path

import pytest
from closed_form import benign, build, check, descriptors
from google.protobuf.descriptor_pb2 import FileDescriptorProto
from hostile_pages import BENIGN, NAMED, NAMES, PAGES, PAYLOADS, PLACES, TEXT, TYPES, filled, write
from thorough import THOROUGH

# ---- one payload in one place

TEXTS = PAYLOADS | NAMES


def chosen() -> dict[tuple[str, str], list[str]]:
    """Return the payloads of each place of each dialect.

    Of the pairs of places that names are made of and payloads one in five is tried, of the others
    one in seven; with APISCRIBE_THOROUGH all. The numbers of payloads are no multiples of these, so
    each payload is tried in some places, and in each place some payloads.
    """
    found: dict[tuple[str, str], list[str]] = {}
    pairs: Counter[bool] = Counter()
    for dialect, places in PLACES.items():
        for place in places:
            payloads = found[dialect, place] = []
            is_name = place in NAMED
            for payload in TEXTS if is_name else PAYLOADS:
                pairs[is_name] += 1
                is_chosen = THOROUGH or pairs[is_name] % (5 if is_name else 7) == 0
                if is_chosen:
                    payloads.append(payload)
    return found


CHOSEN = chosen()
assert {payload for payloads in CHOSEN.values() for payload in payloads} == {*TEXTS}
assert all(CHOSEN.values())


@pytest.mark.parametrize("dialect", PAGES)
def test_the_benign_page_is_read_whole(dialect: str) -> None:
    made = benign(dialect)
    assert not made.compilation.report.at("error", "warning")
    check(made, dialect)
    api = made.compilation.api
    assert [service.full_name for _, service in api.services()] == [
        "spaceone.api.inventory.v1.JobBoard"
    ]
    assert {message.name for _, message in api.messages()} == {
        *("Job", "Note", "GetJob", "JobQuery", "Jobs")
    }
    shown = made.files("api.json")["api.json"]
    for place in PLACES[dialect]:
        # Titles and links are read, and not kept.
        unkept = {"title", "link", "anchor", "tabs", "target"} & {*place.split(), "front"}
        if place not in BENIGN and not unkept:
            assert f"plain {place}" in shown, place


def check_alone(dialect: str, place: str, payload: str, folder: Path) -> None:
    """Build the page with one payload in one place. A failure names them."""
    text = TEXTS[payload]
    write(folder, dialect, {place: text})
    try:
        made = build(folder)
        check(made, dialect)
        if is_text(place, payload) and not made.errors:
            assert descriptors(made) == descriptors(benign(dialect))
    except Exception as error:
        error.add_note(f"the payload {payload!r} in the place {place!r} of {dialect}")
        raise


def is_text(place: str, payload: str) -> bool:
    """Return whether a payload in a place must change nothing but text."""
    return place in TEXT and not set("\r\n") & set(TEXTS[payload])


def package_of(payload: str) -> str:
    return f"spaceone.api.{re.sub('[^a-z]', '_', payload)}.v1"


def write_group(folder: Path, dialect: str, place: str, payloads: list[str]) -> None:
    """Write a spec with a page for each payload; their packages are named for the payloads."""
    for payload in payloads:
        package = package_of(payload)
        fill = {"package": package, place: TEXTS[payload]}
        page = filled(dialect, fill).replace("/inventory/v1/", f"/{package}/")
        file = folder / "pages" / f"{package}.md"
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_bytes(page.encode("utf-8", "surrogatepass"))


@functools.cache
def benign_descriptors(dialect: str) -> dict[str, FileDescriptorProto]:
    """Package → the compiled file of its page, of a group without any payload."""
    with tempfile.TemporaryDirectory() as folder:
        write_group(Path(folder, "api"), dialect, "", list(TEXTS))
        return {file.package: file for file in descriptors(build(Path(folder, "api")))}


def check_group(dialect: str, place: str, payloads: list[str], folder: Path) -> list[str]:
    """Build a group of pages, and return the payloads that are to be built alone."""
    write_group(folder, dialect, place, payloads)
    made = build(folder)
    check(made, dialect, len(payloads))
    if failing := {found.span.path for found in made.compilation.report.at("error")}:
        paths = {f"pages/{package_of(payload)}.md": payload for payload in payloads}
        return [paths[page] for page in failing]
    found = {file.package: file for file in descriptors(made)}
    for payload in payloads:
        if is_text(place, payload):
            package = package_of(payload)
            assert found[package] == benign_descriptors(dialect)[package], payload
    return []


@pytest.mark.parametrize(("dialect", "place"), CHOSEN)
def test_payloads_in_a_place_do_nothing(dialect: str, place: str, tmp_path: Path) -> None:
    """One build serves many payloads; one that ends in an error is built alone."""
    grouped = CHOSEN[dialect, place] if place != "package" else []
    alone = [payload for payload in CHOSEN[dialect, place] if payload not in grouped]
    for number in itertools.count():
        failing = grouped and check_group(dialect, place, grouped, tmp_path / f"{number}" / "api")
        alone += failing
        grouped = [payload for payload in grouped if payload not in failing]
        if not failing:
            break
    for number, payload in enumerate(alone):
        check_alone(dialect, place, payload, tmp_path / f"alone{number}" / "api")


@pytest.mark.parametrize("dialect", PAGES)
@pytest.mark.parametrize("payload", TEXTS)
def test_a_payload_in_all_places_does_nothing(dialect: str, payload: str, tmp_path: Path) -> None:
    text = TEXTS[payload]
    write(tmp_path / "api", dialect, dict.fromkeys(PLACES[dialect], text))
    check(build(tmp_path / "api"), dialect)


@pytest.mark.parametrize("place", ["about", "prose", "description"])
@pytest.mark.parametrize("dialect", PAGES)
def test_templates_and_code_on_a_page_are_text(dialect: str, place: str, tmp_path: Path) -> None:
    text = "{{ 7*7 }} ${x} {0} %s {# y #} $(z)"
    write(tmp_path / "api", dialect, {place: text})
    files = build(tmp_path / "api").files("")
    assert text in files["api.json"]
    (proto,) = [path for path in files if path.endswith(".proto")]
    assert f"// {text}\n" in files[proto]


@pytest.mark.parametrize("dialect", PAGES)
def test_api_json_hides_no_character(dialect: str, tmp_path: Path) -> None:
    write(tmp_path / "api", dialect, {"prose": PAYLOADS["bidi"], "json": PAYLOADS["escape"]})
    text = build(tmp_path / "api").files("api.json")["api.json"]
    assert "egassem" in text
    assert not {char for char in text if not char.isprintable()} - {"\n"}


# Runs all modules of all packages in a folder, under a handler that lets nothing out.
RUNNER = """
import importlib, json, os, pkgutil, sys
import grpc, google.protobuf.internal.builder, pydantic, uvicorn, starlette.applications, sqlalchemy.ext.asyncio, re2

def guard(event, arguments):
    forbidden = ("os.system", "os.exec", "os.posix_spawn", "os.remove", "os.rename", "os.mkdir")
    writes = event == "open" and set(str(arguments[1] or "r")) & set("wax+")
    if event.startswith((*forbidden, "subprocess.", "socket.connect", "shutil.")) or writes:
        os.write(2, f"{event} {arguments}".encode())
        os._exit(3)

sys.addaudithook(guard)
before = set(vars(importlib.import_module("builtins")))
faults = {}
for package in sys.argv[1:]:
    try:
        for found in pkgutil.walk_packages([package], f"{package}."):
            if found.name.endswith("__main__"):
                continue
            module = importlib.import_module(found.name)
            own = [part for part in vars(module).values() if isinstance(part, type)]
            for part in own:
                if part.__module__ != module.__name__:
                    continue
                if issubclass(part, pydantic.BaseModel):
                    part.model_rebuild(force=True)
                if module.__name__.endswith("_pb2_grpc"):
                    part(grpc.insecure_channel("localhost:1"))
        assert importlib.import_module(f"{package}.registry").API.services
    except Exception as error:
        faults[package] = f"{type(error).__name__}: {error}"
assert set(vars(importlib.import_module("builtins"))) == before
os.write(2, json.dumps(faults).encode())
"""


def test_packages_from_hostile_pages_import_and_run_nothing(tmp_path: Path) -> None:
    """In one process of their own: each payload in all places that are no types.

    An ordinary run takes every third payload for a dialect, and none for both.
    """
    names = {}
    for number, (dialect, places) in enumerate(PLACES.items()):
        step = 1 if THOROUGH else 3
        for payload, text in list(TEXTS.items())[number % step :: step]:
            name = f"{dialect}_{payload.replace(' ', '_').replace('-', '_')}"
            write(tmp_path / "specs" / name, dialect, dict.fromkeys(set(places) - TYPES, text))
            made = build(tmp_path / "specs" / name)
            for path, content in made.files(".py").items():
                (tmp_path / "out" / path).parent.mkdir(parents=True, exist_ok=True)
                (tmp_path / "out" / path).write_text(content, "utf-8")
                names[name] = (dialect, payload)
    assert len(names) > len(TEXTS) / 5
    before = sorted((tmp_path / "out").rglob("*"))
    done = subprocess.run(
        [sys.executable, "-B", "-c", RUNNER, *names],
        cwd=tmp_path / "out",
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    assert done.stdout == ""
    assert sorted((tmp_path / "out").rglob("*")) == before
    faults = {names[name]: fault for name, fault in json.loads(done.stderr).items()}
    assert faults == {}
