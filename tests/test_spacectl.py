"""spacectl, the command line that was published for the API, against servers of its pages.

tests/spacectl/*.console are what somebody at a terminal sees. `--refresh` rewrites them and fails.
"""

from __future__ import annotations

import json
import os
import re
import shlex
import shutil
import subprocess
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner
from installations import kept, make_environment
from score import CORPUS
from serving import WAIT, Server, write_rows

from apiscribe.commands import main

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(
        not (CORPUS / "corpus").is_dir(), reason="no corpus: APISCRIBE_CORPUS names no folder of it"
    ),
]

HERE = Path(__file__).parent
CONSOLES = HERE / "spacectl"
STEP = re.compile(r"^\$ spacectl (?P<arguments>.*)\n(?P<written>(?:(?!\$ ).*\n)*)", re.MULTILINE)
# What no two runs have alike: a new row's id, and the time of its making and changing.
GENERATED = (
    (re.compile(r"-[0-9a-f]{12}(?:[0-9a-f]{12})?\b"), "-0123456789ab"),
    (re.compile(r"\b20(?!20)\d\d-\d\d-\d\dT[\d:.]+Z"), "2026-01-01T00:00:00.000Z"),
)

# The libraries that both releases run on, with those of the later one, which speaks reflection; the
# earlier one has stubs, and stands in a folder beside them.
LATER = ("spacectl==2.0.10", "spaceone-core==2.0.144", "protobuf==3.20.3", "pydantic<2")
# It imports pkg_resources, and does not require what has it.
LATER = (*LATER, "setuptools<80")
LATER = (*LATER, "grpcio-reflection==1.48.2", "grpcio-health-checking==1.48.2")
ASIDE = {
    "1.12": ("spacectl==1.12.2", "spaceone-core==1.12.39", "spaceone-api==1.12.54"),
    "2.x": ("spaceone-api==2.0.380",),
}

# Version → the pages that are served, the port of each service that spacectl knows, the tenant as
# its settings tell it, and the rows.
PAGES = {
    "1.12": ("core/*/*", "identity/v1/ProjectGroup", "inventory/v1/Region"),
    "2.x": ("*/*/*",),
}
SERVICES = {
    "1.12": ("identity", "inventory"),
    "2.x": ("config", "core", "file_manager", "plugin", "repository", "secret"),
}
TENANT = {"1.12": "domain_id: domain-1\n", "2.x": "x_domain_id: domain-1\nx_workspace_id: ws-1\n"}
MADE = "2020-01-0{}T00:00:00.000Z"


def rows(version: str) -> dict[str, list[dict[str, Any]]]:
    """The rows of the services: two of the tenant, and one of another, which must not be seen."""
    names = {"1.12": "inventory.v1.Region", "2.x": "secret.v1.Secret"}
    key = {"1.12": "region_id", "2.x": "secret_id"}[version]
    found = [
        {
            key: f"{key[:-3]}-{number}",
            "name": name,
            "provider": "aws",
            # One key: protobuf writes a map in any order.
            "tags": {"level": number / 2},
            "domain_id": domain,
            "created_at": MADE.format(number),
        }
        for number, name, domain in (
            (1, "seoul", "domain-1"),
            (2, "tokyo", "domain-1"),
            (3, "paris", "domain-2"),
        )
    ]
    return {f"spaceone.api.{names[version]}": found}


@pytest.fixture(scope="module")
def environment(request: pytest.FixtureRequest) -> Path:
    """A folder with an environment that has spacectl."""

    def install(folder: Path) -> None:
        aside = [("--no-deps", "--target", str(folder / e), *ASIDE[e]) for e in ASIDE]
        make_environment(folder, LATER, *aside)

    return kept(request, "spacectl", [LATER, ASIDE], install)


def served(version: str, environment: Path, folder: Path) -> Path:
    """The outputs of the pages of a version, with the numbers and enums of the published API."""
    spec = folder / "served"
    content = CORPUS / "corpus" / version / "content" / "en"
    for pattern in PAGES[version]:
        for page in content.glob(f"{pattern}.md"):
            copy = spec / "pages" / page.relative_to(content)
            copy.parent.mkdir(parents=True, exist_ok=True)
            shutil.copy(page, copy)
    source = environment / version / "spaceone"
    result = CliRunner().invoke(main, ["adopt", str(spec), "--from", str(source)])
    # Findings are expected: the pages and the release are of different days.
    assert result.exit_code in (0, 1), result.output
    result = CliRunner().invoke(main, ["build", str(spec), "--out", str(folder / "out")])
    assert result.exit_code == 0, result.output
    return folder / "out" / "served"


def home(version: str, server: Server, folder: Path) -> Path:
    """A home folder whose settings lead to the server, a port for each service."""
    endpoints = "".join(
        f"  {package.split('.')[2]}: grpc://{address}\n"
        for package, address in server.package_addresses.items()
    )
    settings = folder / "home" / ".spaceone"
    (settings / "environments").mkdir(parents=True)
    (settings / "environment.yml").write_text("environment: served\n", "utf-8")
    text = f"api_key: any\n{TENANT[version]}endpoints:\n{endpoints}"
    (settings / "environments" / "served.yml").write_text(text, "utf-8")
    return folder / "home"


def surroundings(version: str, environment: Path, home_folder: Path) -> dict[str, str]:
    """The environment variables of spacectl."""
    found = {"HOME": str(home_folder), "PATH": os.environ["PATH"]}
    # Of 2.x nothing but the numbers is taken from the published stubs.
    return {**found, "PYTHONPATH": str(environment / version)} if version == "1.12" else found


@pytest.mark.parametrize("version", ["2.x", "1.12"])
def test_spacectl_prints_the_expected_output(
    version: str, environment: Path, tmp_path: Path, request: pytest.FixtureRequest
) -> None:
    tree = served(version, environment, tmp_path)
    ports = json.dumps({f"spaceone.api.{name}.v1": 0 for name in SERVICES[version]})
    load = write_rows(tmp_path, rows(version))
    file = CONSOLES / f"{version}.console"
    steps = STEP.findall(file.read_text("utf-8"))
    with Server(tree, tmp_path / "rows.db", load=load, package_port=ports) as server:
        variables = surroundings(version, environment, home(version, server, tmp_path))
        python = environment / "venv" / "bin" / "python"
        asked = [shlex.split(arguments) for arguments, _ in steps]
        done = subprocess.run(
            [python, HERE / "published_command.py"],
            input=json.dumps(asked),
            capture_output=True,
            text=True,
            timeout=WAIT,
            env=variables,
        )
        assert done.returncode == 0, done.stderr
        # The command itself, once: what it writes is what was written above.
        [first, *_] = texts = json.loads(done.stdout)
        command = [environment / "venv" / "bin" / "spacectl", *asked[0]]
        alone = subprocess.run(command, capture_output=True, text=True, timeout=WAIT, env=variables)
        assert (alone.stdout, alone.returncode) == (first, 0)
        assert server.log() == ""
    found = "".join(
        f"$ spacectl {arguments}\n{plain(text)}"
        for (arguments, _), text in zip(steps, texts, strict=True)
    )
    if request.config.getoption("--refresh") and found != file.read_text("utf-8"):
        file.write_text(found, "utf-8")
        pytest.fail("refreshed")
    assert found == file.read_text("utf-8")


def plain(text: str) -> str:
    """A text without blanks at the ends of lines, and without what is made up anew every time."""
    for pattern, replacement in GENERATED:
        text = pattern.sub(replacement, text)
    return "".join(f"{line.rstrip()}\n" for line in text.rstrip().splitlines())
