"""Other tools that write Python from `.proto`, each from PyPI in an environment of its own."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from collections.abc import Callable
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path

from benchmarks.processes import environment

INSTALLED = Path(__file__).parent / ".peers"
# What `.proto` files import of googleapis.
_GOOGLEAPIS = re.compile(r'^import "(google/(?!protobuf/)[\w/]+\.proto)";', re.MULTILINE)


@dataclass(frozen=True)
class Peer:
    """A tool: what pip installs for it, itself first, and its command on a folder of `.proto`.

    The command is given the folder, the files in it that are asked for, and the target. `limit` is
    how long apiscribe may take for all, by what the tool takes for its part; None: not compared.
    `name` is that of its environment; `note` goes on from what the tool is and its version.
    """

    name: str
    packages: tuple[str, ...]
    command: Callable[[Path, list[str], Path], list[str]]
    limit: float | None = 0.25
    note: str = ""

    @property
    def folder(self) -> Path:
        """The tool's environment."""
        return INSTALLED / self.name

    @property
    def told(self) -> str:
        """The tool with its version, as the table has it."""
        name = self.packages[0].partition("[")[0]
        program = f"import importlib.metadata as m; print(m.version({name!r}))"
        command = [str(self.folder / "bin" / "python"), "-c", program]
        done = subprocess.run(command, check=True, capture_output=True, text=True)
        return f"{name} {done.stdout.strip()}{self.note}"

    @property
    def environment(self) -> dict[str, str]:
        """What the command runs in: its own programs come first."""
        return environment(PATH=f"{self.folder / 'bin'}{os.pathsep}{os.environ['PATH']}")

    def install(self) -> None:
        """Install the tool where it is not yet. Raises CalledProcessError without an index."""
        python = self.folder / "bin" / "python"
        if not python.exists():
            subprocess.run([sys.executable, "-m", "venv", self.folder], check=True)
        pip = [str(python), "-m", "pip", "install", "-qq", "--disable-pip-version-check"]
        subprocess.run([*pip, *self.packages], check=True)


def _datamodel_code_generator(protos: Path, _files: list[str], target: Path) -> list[str]:
    """It takes a folder, and translates all that is in it: ours, and three files of googleapis."""
    kind = ("--input-file-type", "protobuf", "--output-model-type", "pydantic_v2.BaseModel")
    return [
        "datamodel-codegen",
        "--input",
        str(protos),
        *kind,
        "--output",
        str(target / "models.py"),
    ]


def _plugin(option: str) -> Callable[[Path, list[str], Path], list[str]]:
    """The command of a plugin for protoc."""

    def command(protos: Path, files: list[str], target: Path) -> list[str]:
        protoc = ("python", "-m", "grpc_tools.protoc")
        return [*protoc, f"--proto_path={protos}", f"--{option}={target}", *files]

    return command


PEERS = (
    Peer(
        "datamodel-code-generator",
        ("datamodel-code-generator[protobuf]",),
        _datamodel_code_generator,
    ),
    Peer(
        "betterproto2_compiler",
        ("betterproto2_compiler", "grpcio-tools"),
        _plugin("python_betterproto2_out"),
    ),
    Peer(
        "protobuf_to_pydantic",
        ("protobuf_to_pydantic[all]", "grpcio-tools", "isort", "autoflake", "black"),
        _plugin("protobuf-to-pydantic_out"),
        note=", with the formatters that it looks for",
    ),
    Peer(
        "protobuf_to_pydantic-without-formatters",
        ("protobuf_to_pydantic[all]", "grpcio-tools"),
        _plugin("protobuf-to-pydantic_out"),
        limit=None,
        note=", which lays nothing out",
    ),
)


def with_googleapis(protos: Path, target: Path) -> list[str]:
    """Copy a tree of `.proto` files, and beside it what it imports of googleapis; the tree's files.

    So every tool finds all in one folder.
    """
    files = sorted(file.relative_to(protos).as_posix() for file in protos.rglob("*.proto"))
    shutil.copytree(protos, target)
    waiting = [target / file for file in files]
    while waiting:
        for path in _GOOGLEAPIS.findall(waiting.pop().read_text("utf-8")):
            file = target / path
            if not file.exists():
                file.parent.mkdir(parents=True, exist_ok=True)
                shutil.copyfile(_googleapis() / path, file)
                waiting.append(file)
    return files


def _googleapis() -> Path:
    """The folder of the `.proto` files that googleapis-common-protos installs."""
    spec = find_spec("google.api.annotations_pb2")
    assert spec is not None
    assert spec.origin is not None
    return Path(spec.origin).parents[2]
