"""The READMEs and docs/ tell the truth: commands are run, excerpts are looked up."""

from __future__ import annotations

import json
import os
import re
import shlex
import shutil
import socket
import subprocess
import sys
from collections.abc import Iterator
from contextlib import chdir
from pathlib import Path

import pytest
from command_line import run

ROOT = Path(__file__).parent.parent
README = (ROOT / "README.md").read_text("utf-8")
EXAMPLE = (ROOT / "docs" / "example.md").read_text("utf-8")
COMMANDS = (ROOT / "docs" / "commands.md").read_text("utf-8")
DOCUMENTS = ["docs/example.md", "docs/tutorial.md"]
FEWEST = {"README.md": 4, "docs/example.md": 7, "docs/tutorial.md": 7}  # commands in a document
DOCS = sorted(
    file.relative_to(ROOT).as_posix()
    for file in (ROOT / "docs").glob("*.md")
    if file.name not in ("example.md", "tutorial.md")
)
EXCERPT = re.compile(r"<!-- from (\S+) -->\n```\w+\n(.*?)```", re.DOTALL)
# What is typed, what is written into a file, and what is changed in one.
BLOCK = re.compile(
    r"(?:```console|<!-- write (?P<path>\S+) -->\n```\w+|<!-- change (?P<changed>\S+) -->\n```diff)"
    r"\n(?P<text>.*?)```",
    re.DOTALL,
)
COMMAND = re.compile(r"^\$ (?P<command>.*)\n(?P<output>(?:(?!\$ ).*\n)*)", re.MULTILINE)
# A command of apiscribe, and where its output goes; a shell runs what is anything else.
APISCRIBE = re.compile(r"apiscribe (?P<words>[^|<>&;$*]+?)(?P<rest> [|>] .*)?")


@pytest.mark.parametrize(("file", "text"), EXCERPT.findall(README + EXAMPLE))
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
    """A terminal whose reader types what a document shows; servers that it starts get free ports.

    Commands of apiscribe run in this process, unless they are `started`.
    """

    def __init__(self, folder: Path, *, started: bool = False) -> None:
        self.folder = folder
        self.started = started
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

    def change(self, path: str, difference: str) -> None:
        """Replace the lines of a diff without line numbers: those with a blank or a `-` before
        them are in the file once, and become those with a blank or a `+`."""
        file = self.folder / path
        lines = difference.splitlines(keepends=True)
        old = "".join(line[1:] for line in lines if not line.startswith("+"))
        new = "".join(line[1:] for line in lines if not line.startswith("-"))
        text = file.read_text("utf-8")
        assert text.count(old) == 1, f"{path} does not hold once:\n{old}"
        file.write_text(text.replace(old, new), "utf-8")

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
        if not self.started and (match := APISCRIBE.fullmatch(command)):
            with chdir(self.folder):
                result = run(*shlex.split(match["words"]))
            rest = f"(cat; exit {result.exit_code}){match['rest'] or ''}"
            return self._run(rest, result.stdout)
        return self._run(command)

    def _run(self, command: str, text: str = "") -> str:
        done = subprocess.run(
            ["bash", "-c", command],
            cwd=self.folder,
            env=self.environment,
            input=text,
            stdout=subprocess.PIPE,
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
def repository(tmp_path: Path) -> Path:
    """A contributor's checkout: the code that runs in it is its own."""
    for name in ("generator", "runtime", "templates", "specs", "tests", "pyproject.toml"):
        source, target = ROOT / name, tmp_path / name
        if source.is_dir():
            shutil.copytree(source, target, ignore=shutil.ignore_patterns("*.pyc.*"))
        else:
            shutil.copy(source, target)
    return tmp_path


@pytest.fixture
def shell(checkout: Path) -> Iterator[Shell]:
    shell = Shell(checkout)
    yield shell
    shell.stop()


@pytest.mark.slow
@pytest.mark.skipif(shutil.which("curl") is None, reason="needs curl")
@pytest.mark.parametrize("document", ["README.md", *DOCUMENTS, *DOCS])
def test_commands_print_the_output_of_the_document(
    document: str, shell: Shell, request: pytest.FixtureRequest
) -> None:
    shown = check_document(document, shell, request)
    assert shown >= FEWEST.get(document, 0)


@pytest.mark.slow
@pytest.mark.skipif(shutil.which("curl") is None, reason="needs curl")
def test_the_walk_throughs_of_contributing_work(
    repository: Path, request: pytest.FixtureRequest
) -> None:
    shell = Shell(repository, started=True)
    roots = [str(repository / "generator"), str(repository / "runtime")]
    shell.environment["PYTHONPATH"] = os.pathsep.join(roots)
    try:
        check_document("CONTRIBUTING.md", shell, request)
    finally:
        shell.stop()


def check_document(document: str, shell: Shell, request: pytest.FixtureRequest) -> int:
    """Compare what the commands of a document print with what it shows; return their number."""
    file = ROOT / document
    text = file.read_text("utf-8")
    printed = run_commands(text, shell)
    if request.config.getoption("refresh"):
        for (start, end), output in reversed(printed.items()):
            shown = f"{output.rstrip()}\n" if output.strip() else ""
            text = text[:start] + shown + text[end:]
        file.write_text(text, "utf-8")
        pytest.fail("refreshed; run again", pytrace=False)
    for (start, end), output in printed.items():
        assert output.strip() == text[start:end].strip()
    return len(printed)


def run_commands(text: str, shell: Shell) -> dict[tuple[int, int], str]:
    """Run the commands of a document in order; return what each printed, by the place of its
    output in the text."""
    printed = {}
    for block in BLOCK.finditer(text):
        if block["path"]:
            shell.write(block["path"], block["text"])
        elif block["changed"]:
            shell.change(block["changed"], block["text"])
        else:
            for match in COMMAND.finditer(block["text"]):
                place = [block.start("text") + at for at in match.span("output")]
                printed[place[0], place[1]] = shell.type(match["command"])
    return printed


def test_the_readme_names_every_document() -> None:
    for document in (*DOCUMENTS, "docs/README.md"):
        assert f"]({document})" in README


def test_the_index_of_docs_names_every_page() -> None:
    index = (ROOT / "docs" / "README.md").read_text("utf-8")
    for document in (*DOCS, *DOCUMENTS):
        page = document.removeprefix("docs/")
        assert f"]({page})" in index or page == "README.md"


@pytest.mark.parametrize("document", DOCS)
def test_each_link_of_the_docs_leads_to_a_file(document: str) -> None:
    text = re.sub(r"```.*?```", "", (ROOT / document).read_text("utf-8"), flags=re.DOTALL)
    for target in re.findall(r"\]\((?!https:|#)([^)#]*)", text):
        assert (ROOT / "docs" / target).is_file(), target


def test_the_page_of_commands_names_every_command() -> None:
    from apiscribe import commands

    for name in commands.COMMANDS:
        assert f"`apiscribe {name}" in COMMANDS, name


# The rows of the README's table: the score file, and the facts that a row adds up.
SCORES = {
    "gRPC pages of SpaceONE, methods and routes": (
        "score.json",
        ("methods", "request types", "response types", "primary route"),
    ),
    "gRPC pages of SpaceONE, fields": ("score.json", ("fields by name", "field types")),
    "protobuf pages of other projects, methods": (
        "protobuf_score.json",
        ("methods", "requests", "responses", "streams"),
    ),
    "protobuf pages of other projects, fields": (
        "protobuf_score.json",
        ("fields", "types", "labels"),
    ),
    "HTTP pages, operations": ("http_score.json", ("endpoints",)),
    "HTTP pages, parameters": (
        "http_score.json",
        ("query params", "path params", "header params", "param types"),
    ),
    "HTTP pages, fields of bodies and answers": (
        "http_score.json",
        ("body fields", "answer fields"),
    ),
}


def score_table() -> str:
    """The table of the README, from the score files."""
    lines = ["| facts | right | of | share |", "| --- | ---: | ---: | ---: |"]
    for title, (file, facts) in SCORES.items():
        projects = json.loads((ROOT / "tests" / file).read_text("utf-8"))
        counts = [p[fact] for p in projects.values() for fact in facts if fact in p]
        right, total = sum(c[0] for c in counts), sum(c[1] for c in counts)
        share = 1000 * right // total / 10
        lines.append(f"| {title} | {right:,} | {total:,} | {share} % |")
    return "\n".join(lines)


def test_the_readme_shows_the_measured_scores(request: pytest.FixtureRequest) -> None:
    shown = re.search(r"^\| facts .*?(?=\n\n)", README, re.MULTILINE | re.DOTALL)
    assert shown
    if request.config.getoption("refresh"):
        (ROOT / "README.md").write_text(README.replace(shown[0], score_table()), "utf-8")
        pytest.fail("refreshed; run again", pytrace=False)
    assert shown[0] == score_table()


def test_the_commands_of_the_readme_run(checkout: Path) -> None:
    """As in a checkout; the server is started by the documents."""
    (block,) = re.findall(r"```sh\n(.*?)```", README, re.DOTALL)
    install, lint, serve = (line.partition("#")[0].split() for line in block.splitlines())
    assert install[:2] == ["pip", "install"]
    assert serve[:3] == ["apiscribe", "serve", "specs/invoicing"]
    done = Shell(checkout, started=True).type(" ".join(lint))
    assert done == ""
    assert "<!doctype html>" in (checkout / "report.html").read_text("utf-8")
