"""Python modules of protoc as the source of an API: they are read and not imported."""

from __future__ import annotations

import shutil
import subprocess
import sys
from collections.abc import Callable
from functools import partial
from pathlib import Path

import pytest
from google.protobuf.descriptor_pb2 import FileDescriptorSet
from installations import kept
from source_samples import GENERATED, method, protoc, refusal

from apiscribe.model.version import ATTRIBUTE_FACTS
from apiscribe.sources.kinds import open_source

EXPLOSIVE = 'raise RuntimeError("imported")\n'
IMPORTS = "from google.protobuf import descriptor as _descriptor\n"


@pytest.fixture
def modules(protos: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder on the path, with the modules of the protos in a package that must not be imported."""
    root = tmp_path / "lib"
    (root / "outer").mkdir(parents=True)
    protoc(protos, f"--python_out={root / 'outer'}")
    (root / "outer" / "shop" / "__init__.py").write_text(EXPLOSIVE, "utf-8")
    monkeypatch.syspath_prepend(str(root))
    return root


def files_of(protos: Path, tmp_path: Path) -> FileDescriptorSet:
    target = tmp_path / "set.binpb"
    protoc(protos, f"--descriptor_set_out={target}")
    return FileDescriptorSet.FromString(target.read_bytes())


def test_modules_are_read_and_not_imported(modules: Path, protos: Path) -> None:
    expected = {file.path for file in open_source(str(protos)).api.files}
    for text in ("python:outer.shop", "python:outer", str(modules), str(modules / "outer")):
        side = open_source(text)
        assert {file.path for file in side.api.files} == expected, text
        assert side.unknown.keys() - set(ATTRIBUTE_FACTS) == {"descriptions"}
        assert method(side.api, "shop.v1.Orders.get").routes[0].path == "/orders/{id}"
    one = open_source("python:outer.shop.part_pb2")
    assert [file.path for file in one.api.files] == ["shop/part.proto"]
    assert not [name for name in sys.modules if name.split(".")[0] == "outer"]


def test_a_namespace_package_lies_in_several_places(
    modules: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    more = tmp_path / "more"
    (more / "outer" / "extra").mkdir(parents=True)
    shutil.move(modules / "outer" / "shop" / "part_pb2.py", more / "outer" / "extra")
    monkeypatch.syspath_prepend(str(more))
    paths = [file.path for file in open_source("python:outer").api.files]
    assert sorted(paths) == ["shop/part.proto", "shop/shop.proto"]


def old_bytes(content: bytes) -> str:
    return f"DESCRIPTOR = _descriptor.FileDescriptor(name='x', serialized_pb={content!r})\n"


def old_text(content: bytes) -> str:
    text = content.decode("latin-1")
    head = (
        "import sys\n_b=sys.version_info[0]<3 and (lambda x:x) or (lambda x:x.encode('latin1'))\n"
    )
    return f"{head}DESCRIPTOR = _descriptor.FileDescriptor(\n  name='x',\n  serialized_pb=_b({text!r})\n)\n"


@pytest.mark.parametrize("style", [old_bytes, old_text])
def test_modules_of_older_protoc_are_read(
    protos: Path, tmp_path: Path, style: Callable[[bytes], str]
) -> None:
    root = tmp_path / "old"
    root.mkdir()
    files = files_of(protos, tmp_path).file
    for number, file in enumerate(files):
        module = root / f"m{number}_pb2.py"
        module.write_text(IMPORTS + style(file.SerializeToString()), "utf-8")
    side = open_source(str(root))
    assert {file.path for file in side.api.files} == {file.name for file in files}


def test_our_own_modules_are_read() -> None:
    side = open_source(str(GENERATED / "spaceone" / "spaceone"))
    folder = open_source(str(GENERATED / "spaceone" / "proto"))
    assert {m.full_name for _, m in side.api.messages()} == {
        m.full_name for _, m in folder.api.messages()
    }


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("python:", "is not a package name"),
        ("python:a-b", "is not a package name"),
        ("python:../x", "is not a package name"),
        ("python:nothing_of_that_name", "pip install"),
        ("python:json.nothing", "pip install"),
        ("python:sys", "has no _pb2 modules"),
        ("python:json", "has no _pb2 modules"),
        ("python:__main__", "__main__"),
    ],
)
def test_a_package_without_modules_is_refused(text: str, said: str) -> None:
    assert said in refusal(text)


@pytest.mark.parametrize(
    "content",
    [
        "",
        "x = 1\n",
        "DESCRIPTOR = pool.AddSerializedFile(",
        "DESCRIPTOR = pool.AddSerializedFile(b'hello')\n",
        "DESCRIPTOR = pool.AddSerializedFile(content)\n",
        "DESCRIPTOR = pool.AddSerializedFile('\u20ac')\n",
        "\0",
    ],
)
def test_a_module_without_a_descriptor_is_refused(tmp_path: Path, content: str) -> None:
    (tmp_path / "a_pb2.py").write_text(content, "utf-8")
    assert "a_pb2.py is not a complete module of protoc" in refusal(tmp_path)


def download(folder: Path, package: str) -> None:
    """Download the wheel of a package into a folder, and unpack it there."""
    options = ["--quiet", "--no-deps", "--retries=1", "--timeout=10", "-d", str(folder), package]
    command = [sys.executable, "-m", "pip", "download", *options]
    subprocess.run(command, check=True, capture_output=True, text=True)
    (file,) = folder.glob("*.whl")
    shutil.unpack_archive(file, folder / "lib", "zip")


@pytest.mark.slow
@pytest.mark.parametrize("version", ["1.9.7", "1.10.2", "1.12.40", "2.0.380"])
def test_all_modules_of_a_real_package_are_read(
    version: str, request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch
) -> None:
    package = f"spaceone-api=={version}"
    folder = kept(request, "wheel", package, partial(download, package=package))
    # The generated sample is a package of the same name, and hides a namespace package.
    others = [path for path in sys.path if not (Path(path) / "spaceone").exists()]
    monkeypatch.setattr(sys, "path", [str(folder / "lib"), *others])
    side = open_source("python:spaceone.api")
    assert len(side.api.files) == len(list((folder / "lib").rglob("*_pb2.py")))
    assert "routes" not in side.unknown
    assert not any(name.startswith("spaceone.api") for name in sys.modules)
