"""The README tells the truth: its commands are run, its excerpts are looked up."""

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
EXCERPT = re.compile(r"<!-- from (\S+) -->\n```\w+\n(.*?)```", re.DOTALL)
CONSOLE = re.compile(r"```console\n(.*?)```", re.DOTALL)
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


@pytest.fixture
def shell(checkout: Path) -> Iterator[object]:
    servers: list[subprocess.Popen[str]] = []
    bin_folder = Path(sys.executable).parent
    environment = {**os.environ, "PATH": f"{bin_folder}{os.pathsep}{os.environ['PATH']}"}

    def run(command: str) -> str:
        if command.endswith(" &"):
            server = subprocess.Popen(
                ["bash", "-c", f"exec {command.removesuffix(' &')}"],
                cwd=checkout,
                env=environment,
                stdout=subprocess.PIPE,
                text=True,
            )
            servers.append(server)
            assert server.stdout is not None
            return server.stdout.readline() + server.stdout.readline()
        result = subprocess.run(
            ["bash", "-c", command],
            cwd=checkout,
            env=environment,
            capture_output=True,
            text=True,
            check=False,
        )
        return result.stdout

    yield run
    for server in servers:
        server.terminate()
        server.wait(timeout=20)


@pytest.mark.skipif(shutil.which("curl") is None, reason="needs curl")
def test_commands_print_what_the_readme_shows(shell: object) -> None:
    assert callable(shell)
    ports = {"50051": str(free_port()), "8080": str(free_port())}
    shown = [match for block in CONSOLE.findall(README) for match in COMMAND.finditer(block)]
    assert len(shown) >= 8
    for match in shown:
        command, expected = match["command"], match["output"]
        if command.startswith("apiscribe serve"):
            options = f"--grpc-port {ports['50051']} --http-port {ports['8080']} &"
            command = command.replace("&", options)
        for documented, free in ports.items():
            command = command.replace(f":{documented}", f":{free}")
        output = shell(command)
        for documented, free in ports.items():
            output = output.replace(f":{free}", f":{documented}")
        assert output.strip() == expected.strip(), match["command"]


def test_the_readme_names_every_command() -> None:
    from apiscribe.cli import main

    for name in main.commands:
        assert f"`apiscribe {name}" in README, name
