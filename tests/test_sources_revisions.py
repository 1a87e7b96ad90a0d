"""A source at a revision of a git repository."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest
from serving import write_spec
from source_samples import GENERATED, MARKED, UNMARKED, field, protoc, refusal

from apiscribe.sources.kinds import open_source


def git(folder: Path, *words: str) -> None:
    named = ["-c", "user.name=a", "-c", "user.email=a@b.c", "-c", "commit.gpgsign=false"]
    subprocess.run(["git", "-C", str(folder), *named, *words], check=True, capture_output=True)


@pytest.fixture
def repository(tmp_path: Path, protos: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """A repository of three commits; the working folder is its `sub`."""
    if shutil.which("git") is None:
        pytest.skip("needs git")
    root = tmp_path / "repo"
    root.mkdir()
    git(root, "init", "--quiet", "--initial-branch=main")
    write_spec(root, {"sub/books/pages/book.md": UNMARKED, ".gitattributes": "*.md export-ignore"})
    git(root, "add", "-A")
    git(root, "commit", "--quiet", "-m", "one")
    git(root, "tag", "first")
    write_spec(root, {"sub/books/pages/book.md": MARKED})
    (root / "sub" / "link.md").symlink_to("books/pages/book.md")
    write_spec(root, {"sub/books/spec.toml": 'references = ["../../old"]\n'})
    write_spec(root, {"old/part.proto": 'syntax = "proto3"; message X {}'})
    git(root, "add", "-A")
    git(root, "commit", "--quiet", "-m", "two")
    git(root, "branch", "side/branch")
    shutil.rmtree(root / "sub" / "books")
    shutil.copytree(protos, root / "sub" / "protos")
    protoc(protos, f"--descriptor_set_out={root / 'sub' / 'shop.binpb'}", "--include_source_info")
    shutil.copy(GENERATED / "spaceone" / "api.json", root / "sub" / "api.json")
    document = {"openapi": "3.1.0", "info": {"title": "x"}, "paths": {}}
    (root / "openapi.json").write_text(json.dumps(document), "utf-8")
    git(root, "add", "-A")
    git(root, "commit", "--quiet", "-m", "three")
    monkeypatch.chdir(root / "sub")
    # A folder of this test's own: other processes of apiscribe may run meanwhile.
    (tmp_path / "temporary").mkdir()
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path / "temporary"))
    yield root
    assert list((tmp_path / "temporary").iterdir()) == []


@pytest.mark.parametrize(
    "text",
    [
        "git:HEAD~1:books",
        "git:HEAD^:books/",
        "git:HEAD~1:./books",
        "git:side/branch:../sub/books",
        "git:main~1:books",
        "git:HEAD~1:books/pages",
    ],
)
def test_a_spec_at_a_revision_is_read_as_it_was(repository: Path, text: str) -> None:
    side = open_source(text)
    assert (side.name, side.folder) == (text, text)
    assert field(side.api, "a.v1.BooksInfo.results").provenance == {}
    assert any("list of" in source.text for source in side.texts.values())
    first = open_source(text.replace(text.split(":")[1], "first"))
    assert field(first.api, "a.v1.BooksInfo.results").provenance == {"repeated": "paged-results"}


def test_a_spec_at_a_revision_has_the_name_of_its_folder(repository: Path) -> None:
    assert open_source("git:first:books").api.name == "books"
    assert open_source("git:first:..").api.name == "repo"


@pytest.mark.parametrize(
    ("path", "folder"),
    [("protos", "git:HEAD:protos"), ("shop.binpb", ""), ("api.json", "")],
)
def test_files_and_folders_of_other_kinds_are_read_at_a_revision(
    repository: Path, path: str, folder: str
) -> None:
    side = open_source(f"git:HEAD:{path}")
    assert side.api == open_source(path).api
    assert side.folder == folder


def test_a_document_at_a_revision_lies_in_its_folder(repository: Path) -> None:
    assert open_source("git:HEAD:../openapi.json").folder == "git:HEAD:.."


def test_a_link_at_a_revision_leads_to_a_file_beside_it(repository: Path) -> None:
    side = open_source("git:HEAD~1:.")
    assert {"link.md", "books/pages/book.md"} <= set(side.texts)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("git:", "write git:REV:PATH"),
        ("git:HEAD", "write git:REV:PATH"),
        ("git::books", "write git:REV:PATH"),
        ("git:nowhere:books", 'revision "nowhere" does not exist'),
        ("git:--output=x:books", 'revision "--output=x" does not exist'),
        ("git:-h:books", 'revision "-h" does not exist'),
        ("git:HEAD:books", "does not exist at that revision"),
        ("git:HEAD:protos/nothing", "does not exist at that revision"),
        ("git:HEAD:../../x", "is outside the repository"),
        ("git:HEAD:/etc", "is outside the repository"),
        ("git:HEAD~1:books/spec.toml", "git:HEAD~1:books/spec.toml is not a source"),
    ],
)
def test_a_folder_missing_at_a_revision_is_refused(repository: Path, text: str, said: str) -> None:
    found = refusal(text)
    assert said in found
    assert tempfile.gettempdir() not in found
    assert not (repository / "sub" / "x").exists()


def test_a_page_at_a_revision_is_a_source(repository: Path) -> None:
    version = open_source("git:first:books/pages/book.md")
    assert version.name == "git:first:books/pages/book.md"
    assert version.folder == "git:first:books/pages"
    assert [service.name for _, service in version.api.services()] == ["Book"]


def test_outside_a_repository_no_revision_is_read(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("GIT_CEILING_DIRECTORIES", str(tmp_path.parent))
    assert "not a git repository" in refusal("git:HEAD:books")


def test_without_git_no_revision_is_read(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", os.devnull)
    assert "git is not installed" in refusal("git:HEAD:books")
