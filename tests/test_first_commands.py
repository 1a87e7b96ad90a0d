"""The first commands of a newcomer: `apiscribe init`, and mistakes on the command line."""

from __future__ import annotations

import tomllib
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from apiscribe.commands import main
from apiscribe.sources.compilation import compile_folder

PAGE = """# Ferries

## Get a ferry

`GET /ferries/{id}`

| Field | Type | Description |
| --- | --- | --- |
| id | string | The ferry |

## Create a ferry

`POST /ferries`
"""
# It has the marks of an API, and no declaration in a form that is read.
UNREAD = "# Books\n" + "".join(
    f"\n## {name} of the shop\n\n| Method | Request | Response |\n| --- | --- | --- |\n| get | A | B |\n"
    for name in ("Books", "Authors", "Shelves")
)


@pytest.fixture
def repository(tmp_path: Path) -> Path:
    files = {
        "README.md": "# Harbour\n\nShips come here.\n",
        "docs/guide/start.md": "# Start\n\nInstall it.\n",
        "docs/api/ferries.md": PAGE,
        "docs/api/old/ferries.md": PAGE.replace("/ferries", "/v0/boats"),
        "node_modules/other/api.md": PAGE,
        ".venv/lib/api.md": PAGE,
    }
    for path, text in files.items():
        (tmp_path / "harbour" / path).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / "harbour" / path).write_text(text, "utf-8")
    return tmp_path / "harbour"


def init(folder: Path) -> Result:
    return CliRunner().invoke(main, ["init", str(folder)])


def test_the_pages_of_an_api_get_a_spec_beside_them(repository: Path) -> None:
    result = init(repository)
    assert result.exit_code == 0
    assert result.output.splitlines()[:4] == [
        "docs/api/ferries.md: http, 2 methods, 1 message",
        "docs/api/old/ferries.md: http, 2 methods, 1 message",
        "2 other pages without an API",
        f"wrote {repository / 'docs' / 'api' / 'spec.toml'}",
    ]
    assert f"apiscribe serve {repository / 'docs' / 'api'}" in result.output
    compilation = compile_folder(repository / "docs" / "api")
    assert not compilation.report.at("error", "warning")
    assert compilation.api.name == "harbour"
    assert len(compilation.spec.pages) == 2


def test_every_commented_entry_is_valid(repository: Path) -> None:
    init(repository)
    file = repository / "docs" / "api" / "spec.toml"
    lines = file.read_text("utf-8").splitlines()
    entries = [line.removeprefix("# ") for line in lines if "=" in line or line.startswith("# [")]
    file.write_text("\n".join(entries), "utf-8")
    assert set(tomllib.loads(file.read_text("utf-8"))) == {"name", "pages", "package", "outputs"}
    assert not compile_folder(file.parent).report.at("error", "warning")


def test_a_spec_is_never_written_over(repository: Path) -> None:
    file = repository / "docs" / "api" / "spec.toml"
    file.write_text('name = "mine"\n', "utf-8")
    result = init(repository)
    assert result.exit_code == 2
    assert "exists already; run: apiscribe lint" in result.output
    assert file.read_text("utf-8") == 'name = "mine"\n'


def test_pages_that_look_like_an_api_are_named(repository: Path) -> None:
    (repository / "docs" / "calls.md").write_text(UNREAD, "utf-8")
    assert "docs/calls.md: not read: the page looks like an API" in init(repository).output


def test_a_folder_without_an_api_is_a_failure(repository: Path) -> None:
    result = init(repository / "docs" / "guide")
    assert result.exit_code == 2
    assert "no page in" in result.output
    assert not (repository / "docs" / "guide" / "spec.toml").exists()


@pytest.mark.parametrize(
    ("command", "hint"),
    [
        (["biuld"], "No such command 'biuld' (did you mean \"build\"?)"),
        (["explain", "unred-block"], '(did you mean "unread-block"?)'),
        (["lint", "https://docs.example/api"], "https://docs.example/api is an address; download"),
    ],
)
def test_a_mistake_on_the_command_line_names_the_way_out(command: list[str], hint: str) -> None:
    result = CliRunner().invoke(main, command)
    assert result.exit_code == 2
    assert hint in result.output
