"""The README and that of specs/ tell the truth: commands are run, excerpts are looked up."""

from __future__ import annotations

import os
import re
import shutil
import socket
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
README = (ROOT / "README.md").read_text("utf-8")
DOCUMENTS = ["README.md", "specs/README.md"]
EXCERPT = re.compile(r"<!-- from (\S+) -->\n```\w+\n(.*?)```", re.DOTALL)
# What is typed, and what is written into a file.
BLOCK = re.compile(
    r"(?:```console|<!-- write (?P<path>\S+) -->\n```\w+)\n(?P<text>.*?)```", re.DOTALL
)
COMMAND = re.compile(r"^\$ (?P<command>.*)\n(?P<output>(?:(?!\$ ).*\n)*)", re.MULTILINE)


@pytest.mark.parametrize(("file", "text"), EXCERPT.findall(README))
def test_excerpts_stand_in_their_files(file: str, text: str) -> None:
    assert text in (ROOT / file).read_text("utf-8")


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@pytest.fixture
def checkout(tmp_path: Path) -> Path:
    """What the README's reader has: the specs, and what was built from them."""
    for name in ("specs", "generated"):
        shutil.copytree(ROOT / name, tmp_path / name)
    return tmp_path


class Shell:
    """A terminal whose reader types what a document shows; servers that it starts get free ports."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.servers: list[subprocess.Popen[str]] = []
        self.ports: dict[str, str] = {}
        bin_folder = Path(sys.executable).parent
        # A project's own .venv would take a minute to install; this one has all that it holds.
        self.environment = {
            **os.environ,
            "PATH": f"{bin_folder}{os.pathsep}{os.environ['PATH']}",
            "MAKEFLAGS": f"BIN={bin_folder}",
            "LC_ALL": "C.UTF-8",  # for the order of `ls`
        }

    def write(self, path: str, text: str) -> None:
        (self.folder / path).parent.mkdir(parents=True, exist_ok=True)
        (self.folder / path).write_text(text, "utf-8")

    def type(self, command: str) -> str:
        """What a command prints, with the ports that the document shows."""
        if command.startswith("cd ") and "&" not in command:
            self.folder /= command.removeprefix("cd ")
            return ""
        if command == "kill %1":
            self.stop()
            return ""
        if command.startswith("make "):
            self._install()
        if command.endswith(" &"):
            self.ports = {"50051": str(free_port()), "8080": str(free_port())}
            return self._shown(self._start(command.removesuffix(" &")))
        for documented, free in self.ports.items():
            command = command.replace(f":{documented}", f":{free}")
        done = subprocess.run(
            ["bash", "-c", command],
            cwd=self.folder,
            env=self.environment,
            capture_output=True,
            text=True,
            check=False,
        )
        return self._shown(done.stdout)

    def _start(self, command: str) -> str:
        flags = f"--grpc-port {self.ports['50051']} --http-port {self.ports['8080']}"
        command = command.replace("OPTIONS='", f"OPTIONS='{flags} ")
        if command.startswith("apiscribe serve"):
            command = f"{command} {flags}"
        server = subprocess.Popen(
            ["bash", "-c", f"exec {command}"],
            cwd=self.folder,
            env=self.environment,
            stdout=subprocess.PIPE,
            text=True,
        )
        self.servers.append(server)
        assert server.stdout is not None
        return server.stdout.readline() + server.stdout.readline()

    def _install(self) -> None:
        """Let make find what it would install."""
        (self.folder / ".venv").mkdir(exist_ok=True)
        (self.folder / ".venv" / ".installed").touch()
        roots = [self.folder, *(self.folder / "generated").iterdir()]
        self.environment["PYTHONPATH"] = os.pathsep.join(map(str, roots))

    def _shown(self, text: str) -> str:
        for documented, free in self.ports.items():
            text = text.replace(f":{free}", f":{documented}")
        return text

    def stop(self) -> None:
        for server in self.servers:
            server.terminate()
            server.wait(timeout=120)
            assert server.stdout is not None
            server.stdout.close()
        self.servers.clear()


@pytest.fixture
def shell(checkout: Path) -> Iterator[Shell]:
    shell = Shell(checkout)
    yield shell
    shell.stop()


@pytest.mark.slow
@pytest.mark.skipif(shutil.which("curl") is None, reason="needs curl")
@pytest.mark.parametrize("document", DOCUMENTS)
def test_commands_print_what_a_document_shows(document: str, shell: Shell) -> None:
    text = (ROOT / document).read_text("utf-8")
    shown = 0
    for block in BLOCK.finditer(text):
        if block["path"]:
            shell.write(block["path"], block["text"])
            continue
        for match in COMMAND.finditer(block["text"]):
            shown += 1
            assert shell.type(match["command"]).strip() == match["output"].strip(), match["command"]
    assert shown >= 8


def test_the_readme_names_every_document() -> None:
    assert DOCUMENTS[1:]
    for document in DOCUMENTS[1:]:
        assert f"]({document})" in README


def test_the_readme_names_every_command() -> None:
    from apiscribe.commands import COMMANDS

    for name in COMMANDS:
        assert f"`apiscribe {name}" in README, name
