"""Whatever a command writes, the next command reads: locks, overlays, pages and projects."""

from __future__ import annotations

import random
import tempfile
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner
from serving import write_spec
from thorough import THOROUGH

from apiscribe.commands import main
from apiscribe.commands.read_back import check_lock, check_overlay, check_spec
from apiscribe.model.api import Api
from apiscribe.workspace.output_dir import OutputDirError

SCALARS = ("string", "int32", "bool", "google.protobuf.Struct", "list of string", "double")
CONVERTED = ("gitbook", "hugo", "protoc-gen-doc")


def page(choice: random.Random, package: str, name: str, others: list[str]) -> str:
    """A page of a service, with messages that refer to those of other pages and to enums."""
    kind = f"{name}Kind"
    values = choice.sample(["NONE", "ALPHA", "BETA", "GAMMA", "ALPHA_2"], k=choice.randint(1, 5))
    types = [*SCALARS, f"{name}Info", *(f"{other}Info" for other in others)]
    rows = [
        f"| {word} | {choice.choice(types)} | {choice.choice('✅❌')} | {choice.choice(['', 'A | b', '`x`'])} |"
        for word in choice.sample(["title", "count", "parent", "kind", "from", "tags"], k=3)
    ]
    listed = "".join(f"<li>{value}</li>" for value in values)
    return (
        f"# {name}\n\n> **Package : {package}**\n\n## {name}\n\n"
        "| Method | Request | Response |\n| --- | --- | --- |\n"
        f"| get | Get{name} | {name}Info |\n\n### get\n> **GET** /v1/{name.lower()}/{{id}}\n\n"
        f"## Message\n\n### Get{name}\n| Field | Type | Required | Description |\n"
        "| --- | --- | --- | --- |\n| id | string | ✅ | |\n\n"
        f"### {name}Info\n| Field | Type | Required | Description |\n| --- | --- | --- | --- |\n"
        + "\n".join([f"| kind_of | <p>{kind}</p><ul>{listed}</ul> | ❌ | |", *rows, ""])
    )


def spec(choice: random.Random, folder: Path) -> Path:
    """A random spec: bare or not, with one package or several, which may hold each other."""
    names = choice.sample(["Book", "Pen", "Ink", "Shelf"], k=choice.randint(1, 3))
    packages = choice.choice([["a.v1"], ["a.v1", "b.v1"]])
    bare = choice.random() < 0.4
    pages = {
        f"{'' if bare else 'pages/'}{name.lower()}.md": page(
            choice, choice.choice(packages), name, [other for other in names if other != name]
        )
        for name in names
    }
    return write_spec(folder / "shop", pages)


def run(*arguments: Any) -> tuple[int, str]:
    result = CliRunner().invoke(main, [str(each) for each in arguments])
    assert result.exception is None or isinstance(result.exception, SystemExit), result.exception
    assert "fault of apiscribe" not in result.output
    assert "report it" not in result.output
    return result.exit_code, result.output


@pytest.mark.parametrize("seed", range(60 if THOROUGH else 3))
def test_every_command_reads_what_the_others_write(seed: int) -> None:
    choice = random.Random(seed)
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        shop = spec(choice, folder)
        out = folder / "out"
        fails = ": error: " in run("lint", shop)[1]
        status, output = run("build", shop, "--out", out)
        assert bool(status) == fails, output
        if status:
            assert not out.exists()
            return
        assert run("build", shop, "--out", out, "--check")[0] == 0
        if choice.random() < 0.5:  # numbers without types, as those of `reserved`
            (shop / "lock.json").unlink()
        run("adopt", shop, "--from", out / "shop" / "proto")
        assert run("build", shop, "--out", out)[0] == 0
        _, suggested = run("lint", "--suggest", shop)
        if "[[" in suggested:
            check_overlay(suggested)
        for form in CONVERTED:
            status, output = run("convert", shop, "--form", form, "--out", folder / form)
            assert status == 0, output
            status, output = run("build", folder / form / "shop", "--out", folder / "again")
            assert status == 0, output


def test_what_cannot_be_read_is_refused_before_it_is_written() -> None:
    for text in ("{", '{"messages": {"a": {"fields": {"b": {"number": 1}}}}}'):
        with pytest.raises(OutputDirError, match=r"lock\.json would not be readable"):
            check_lock("lock.json", text)
    with pytest.raises(OutputDirError, match=r"overlay\.toml would not be readable"):
        check_overlay("[[change]]\nnothing = 1\n")
    with pytest.raises(OutputDirError, match="shop would not be readable"):
        check_spec(Api(name="shop", files=()), {"pages/a.md": b"# A\n\n```\n\xff"})
