"""What a spec folder may hold that is no spec: links that lead out of it, and files without end."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path

import pytest
from click.testing import CliRunner
from serving import write_spec

from apiscribe.commands import main
from apiscribe.workspace.inputs import InputError, OversizeError, read_input

PAGE = """\
# Book

> **Package : shop.v1**

## Message

### BookInfo
| Field | Type |
| --- | --- |
| title | string |
"""
SECRET = PAGE.replace("BookInfo", "SecretInfo")
HANDLER = 'from apiscribe_runtime.handlers import implements\n\n@implements("secret.v1.S.get")\n'


def outside(folder: Path) -> Path:
    files = {
        "page.md": SECRET,
        "pages/page.md": SECRET,
        "lock.json": '{"messages": {"secret": 1}}',
        "overlay.toml": 'secret = "1"',
        "spec.toml": 'secret = "1"',
        "secret.proto": 'syntax = "proto3";\npackage secret.v1;\nmessage Secret {}\n',
        "handlers/secret.py": HANDLER,
    }
    return write_spec(folder / "outside", files)


def link(at: str, to: str, settings: str = "") -> Callable[[Path], None]:
    def make(folder: Path) -> None:
        spec = folder / "api"
        if settings:
            (spec / "spec.toml").write_text(settings)
        (spec / at).parent.mkdir(parents=True, exist_ok=True)
        (spec / at).symlink_to(folder / "outside" / to if to[0] != "/" else to)

    return make


LINKS = {
    "a page": link("pages/secret.md", "page.md"),
    "a page in a folder": link("pages/a/b/secret.html", "page.md"),
    "a page through a link": link("pages/secret.md", "../api/outside.md"),
    "the folder of pages": link("other", "pages", 'pages = "other"\n'),
    "a file of the machine": link("pages/secret.md", "/proc/self/environ"),
    "the lock": link("lock.json", "lock.json"),
    "the overlay": link("overlay.toml", "overlay.toml"),
    "the settings": link("spec.toml", "spec.toml"),
    "a lock that does not exist": link("lock.json", "nothing.json"),
    "a reference version": link("v0", "pages", 'references = ["v0"]\n'),
    "a part of a reference version": link("v0/secret.proto", "secret.proto", 'references = ["v0"]'),
    "a page of a reference version": link("v0/secret.md", "page.md", 'references = ["v0"]\n'),
    "the folder of handlers": link("handlers", "handlers", 'handlers = "handlers"\n'),
    "a handler": link("handlers/secret.py", "handlers/secret.py", 'handlers = "handlers"\n'),
}


@pytest.mark.parametrize("name", LINKS)
def test_a_link_out_of_the_spec_is_not_followed(name: str, tmp_path: Path) -> None:
    spec = write_spec(tmp_path / "api", {"pages/book.md": PAGE})
    outside(tmp_path)
    (tmp_path / "api" / "outside.md").symlink_to(tmp_path / "outside" / "page.md")
    LINKS[name](tmp_path)
    for command in (["lint", "--format", "json"], ["build", "--out", str(tmp_path / "out")]):
        result = CliRunner().invoke(main, [command[0], str(spec), *command[1:]])
        assert result.exit_code == 1, result.output
        assert "link" in result.output
        assert "secret" not in result.output.lower().replace("secret.", "").replace("/secret", "")
        assert "PATH=" not in result.output
    assert not (tmp_path / "out").exists()


def test_a_link_within_the_spec_is_followed(tmp_path: Path) -> None:
    spec = write_spec(tmp_path / "api", {"pages/book.md": PAGE, "more/pen.md": SECRET})
    (spec / "pages" / "pen.md").symlink_to("../more/pen.md")
    assert CliRunner().invoke(main, ["lint", str(spec)]).exit_code == 0


def test_a_stated_path_out_of_the_spec_is_read(tmp_path: Path) -> None:
    """spec.toml may name a reference version beside its folder; the spec may itself be a link."""
    write_spec(tmp_path / "v0", {"pages/book.md": PAGE})
    files = {"pages/book.md": PAGE, "spec.toml": 'references = ["../v0"]\n'}
    (tmp_path / "link").symlink_to(write_spec(tmp_path / "v1", files))
    for folder in ("v1", "link"):
        assert CliRunner().invoke(main, ["lint", str(tmp_path / folder)]).exit_code == 0


def test_a_file_is_read_up_to_its_limit_whatever_its_size_is_stated_as() -> None:
    content = Path("/proc/self/environ").read_bytes()
    folder = Path("/proc/self")
    assert os.stat("/proc/self/environ").st_size == 0
    assert read_input(folder / "environ", folder) == content
    assert read_input(folder / "environ", folder, 2**45) == content
    with pytest.raises(OversizeError):
        read_input(folder / "environ", folder, len(content) - 1)


@pytest.mark.parametrize("name", ["spec.toml", "pages/pipe.md"])
def test_what_is_no_file_is_reported(name: str, tmp_path: Path) -> None:
    (tmp_path / "pages").mkdir()
    (tmp_path / "pages" / "a.md").write_text(PAGE, "utf-8")
    if name == "spec.toml":
        (tmp_path / name).mkdir()
    else:
        os.mkfifo(tmp_path / name)
    result = CliRunner().invoke(main, ["lint", str(tmp_path)])
    assert result.exit_code == 1
    assert f"error: not-a-file: {name} is not a file; it is not read" in result.output


def test_a_pipe_is_not_waited_for(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "spec.toml")
    with pytest.raises(InputError, match="is not a file"):
        read_input(tmp_path / "spec.toml", tmp_path)


DEEP = "/".join("d" for _ in range(100))
NINES = "9" * 5_000
BROKEN: dict[str, tuple[str, bytes, str]] = {
    "deep lists": ("spec.toml", b"name = " + b"[" * 5_000, "spec.toml:1:"),
    "deep lists that end": (
        "spec.toml",
        b'name = "a"\nx = ' + b"[" * 5_000 + b"]" * 5_000,
        "spec.toml:2:",
    ),
    "deep tables": ("spec.toml", b"name = " + b"{a=" * 5_000, "spec.toml:1:"),
    "dotted keys": ("spec.toml", b".".join([b"a"] * 5_000) + b" = 1", "spec.toml:1:"),
    "a table of many names": ("overlay.toml", b"[" + b".".join([b"a"] * 5_000) + b"]", ""),
    "a huge integer": ("spec.toml", f'name = "a"\n[budget]\npages = {NINES}'.encode(), ":3:"),
    "a negative budget": ("spec.toml", b"[budget]\npages = -1", "spec.toml:"),
    "a path with NUL": ("spec.toml", b'references = ["a\\u0000"]', "spec.toml:1:"),
    "a path of one long name": (
        "spec.toml",
        f'name = "a"\nhandlers = "{"x" * 300}"'.encode(),
        "spec.toml:1:",
    ),
    "a file in place of a folder": ("spec.toml", b'handlers = "spec.toml"', "spec.toml:1:"),
    "UTF-16": ("spec.toml", 'name = "a"'.encode("utf-16"), "spec.toml:1:"),
    "Latin-1": ("overlay.toml", b"# a\n# \xe9\n", "overlay.toml:2:"),
    "NUL": ("spec.toml", b"name = \0", "spec.toml:1:"),
    "a lock of lists": ("lock.json", b"[" * 100_000, "lock.json:1:"),
    "a lock of objects": ("lock.json", b'{"a":' * 100_000, "lock.json:1:"),
    "a huge number in a lock": (
        "lock.json",
        b'{"messages": {"a": {"fields": {"b":\n' + NINES.encode() + b"}}}}",
        "lock.json:2:",
    ),
    "a lock in UTF-16": ("lock.json", '{"messages": {}}'.encode("utf-16"), "lock.json:1:"),
    "a deep folder of pages": (f"pages/{DEEP}/a.md", PAGE.encode(), "pages:1:"),
    "a deep folder of handlers": (f"handlers/{DEEP}/a.py", b"", "handlers:1:"),
    "a deep handler": ("handlers/a.py", b"x = " + b"(" * 100_000, "handlers/a.py:1:"),
    "a deep sum": ("handlers/a.py", b"x = " + b"1 + " * 50_000 + b"1", ""),
}


@pytest.mark.parametrize("name", BROKEN)
def test_a_hostile_setting_is_an_error_that_names_its_place(name: str, tmp_path: Path) -> None:
    path, content, place = BROKEN[name]
    spec = write_spec(tmp_path / "api", {"pages/book.md": PAGE})
    if path.startswith("handlers"):
        (spec / "spec.toml").write_text('handlers = "handlers"\n')
    (spec / path).parent.mkdir(parents=True, exist_ok=True)
    (spec / path).write_bytes(content)
    result = CliRunner().invoke(main, ["lint", str(spec)])
    assert result.exception is None or isinstance(result.exception, SystemExit), result.exception
    assert result.exit_code == 1
    assert "Traceback" not in result.output
    first = result.output.splitlines()[0]
    assert "error: " in first
    assert place in first
    assert path.partition("/")[0] in first
    assert len(first) < 400


def test_a_lock_without_end_is_not_read(tmp_path: Path) -> None:
    spec = write_spec(tmp_path / "api", {"pages/book.md": PAGE})
    with (spec / "lock.json").open("wb") as file:
        file.truncate(2**40)
    result = CliRunner().invoke(main, ["lint", str(spec)])
    assert result.exit_code == 1
    first = result.output.splitlines()[0]
    assert "lock.json has more than the limit of 67,108,864 bytes; it is not read" in first
