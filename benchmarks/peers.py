"""Other generators of Python code from `.proto` files, each from PyPI in its own environment."""

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
# Imports of googleapis in `.proto` files.
_GOOGLEAPIS = re.compile(r'^import "(google/(?!protobuf/)[\w/]+\.proto)";', re.MULTILINE)


@dataclass(frozen=True)
class Peer:
    """A tool: the packages to install (its own first), and its command.

    `command` receives the folder of `.proto` files, the paths to compile and the target. `limit` is
    the maximal time of apiscribe as a multiple of the tool's, or None for no limit. `name` is that
    of the environment; `note` follows the tool's name and version in the table.
    """

    name: str
    packages: tuple[str, ...]
    command: Callable[[Path, list[str], Path], list[str]]
    limit: float | None = None
    note: str = ""

    @property
    def folder(self) -> Path:
        """The folder of the tool's environment."""
        return INSTALLED / self.name

    @property
    def label(self) -> str:
        """The tool's name and version in the table."""
        name = self.packages[0].partition("[")[0]
        program = f"import importlib.metadata as m; print(m.version({name!r}))"
        command = [str(self.folder / "bin" / "python"), "-c", program]
        result = subprocess.run(command, check=True, capture_output=True, text=True)
        return f"{name} {result.stdout.strip()}{self.note}"

    @property
    def environment(self) -> dict[str, str]:
        """The environment variables of the command: its own programs come first in PATH."""
        return environment(PATH=f"{self.folder / 'bin'}{os.pathsep}{os.environ['PATH']}")

    def install(self) -> None:
        """Install the tool if it is missing. Raise CalledProcessError without a network."""
        python = self.folder / "bin" / "python"
        if not python.exists():
            subprocess.run([sys.executable, "-m", "venv", self.folder], check=True)
        pip = [str(python), "-m", "pip", "install", "-qq", "--disable-pip-version-check"]
        subprocess.run([*pip, *self.packages], check=True)


def _datamodel_code_generator(protos: Path, _files: list[str], target: Path) -> list[str]:
    """Return its command: it converts a whole folder, including three files of googleapis."""
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
    """Return the command of a protoc plugin."""

    def command(protos: Path, files: list[str], target: Path) -> list[str]:
        protoc = ("python", "-m", "grpc_tools.protoc")
        return [*protoc, f"--proto_path={protos}", f"--{option}={target}", *files]

    return command


PEERS = (
    Peer(
        "datamodel-code-generator",
        ("datamodel-code-generator[protobuf]",),
        _datamodel_code_generator,
        limit=0.2,
    ),
    Peer(
        "betterproto2_compiler",
        ("betterproto2_compiler", "grpcio-tools"),
        _plugin("python_betterproto2_out"),
        limit=0.35,
    ),
    Peer(
        "protobuf_to_pydantic",
        ("protobuf_to_pydantic[all]", "grpcio-tools", "isort", "autoflake", "black"),
        _plugin("protobuf-to-pydantic_out"),
        note=", with its optional formatters",
    ),
    Peer(
        "protobuf_to_pydantic-without-formatters",
        ("protobuf_to_pydantic[all]", "grpcio-tools"),
        _plugin("protobuf-to-pydantic_out"),
        note=", without formatting",
    ),
)


def with_googleapis(protos: Path, target: Path) -> list[str]:
    """Copy `.proto` files and their imports from googleapis into one folder.

    Return the paths of the copied files, without those of googleapis.
    """
    files = sorted(file.relative_to(protos).as_posix() for file in protos.rglob("*.proto"))
    shutil.copytree(protos, target)
    pending = [target / file for file in files]
    while pending:
        for path in _GOOGLEAPIS.findall(pending.pop().read_text("utf-8")):
            file = target / path
            if not file.exists():
                file.parent.mkdir(parents=True, exist_ok=True)
                shutil.copyfile(_googleapis() / path, file)
                pending.append(file)
    return files


def _googleapis() -> Path:
    """Return the folder of the `.proto` files of googleapis-common-protos."""
    spec = find_spec("google.api.annotations_pb2")
    assert spec is not None
    assert spec.origin is not None
    return Path(spec.origin).parents[2]
