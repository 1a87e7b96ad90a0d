"""`apiscribe build --watch`: what each round does, counted, and what it prints."""

from __future__ import annotations

import contextlib
import io
import os
import shutil
from collections import Counter
from collections.abc import Callable, Iterable
from contextlib import redirect_stderr, redirect_stdout
from functools import partial
from pathlib import Path

import pytest
from click.testing import CliRunner
from hypothesis import given
from hypothesis import strategies as st
from thorough import examples

from apiscribe.commands import main, watching
from apiscribe.commands.build_watch import BuildWatch
from apiscribe.sources.compilation import Compilation
from apiscribe.workspace.cache import Cache

SHOP = """# Book

> **Package : shop.v1**

## Book

| Method | Request | Response |
| --- | --- | --- |
| get | GetBookRequest | BookInfo |

### get
> **GET** /v1/books/{book_id}

## Message

### GetBookRequest
| Field | Type | Required |
| --- | --- | --- |
| book_id | string | ✅ |

### BookInfo
| Field | Type | Description |
| --- | --- | --- |
| book_id | string | The book. |
| title | string | Its title. |
"""
AUTHOR = SHOP.replace("Book", "Author").replace("book", "author").replace("title", "name")
ERROR = SHOP.replace("> **Package : shop.v1**\n", "---\n")
FILES = {
    "shop/pages/book.md": SHOP,
    "shop/pages/author.md": AUTHOR,
    "shop/spec.toml": 'name = "shop"\n',
}

# The outputs with the description of a field.
DESCRIBED = ("api.json", "openapi.json", "models", "proto", "reference.html")

Edit = Callable[[], object]


@pytest.fixture(autouse=True)
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder with a spec, as the current one."""
    write(tmp_path, FILES)
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    return tmp_path


def write(folder: Path, files: dict[str, str]) -> None:
    for path, text in files.items():
        (folder / path).parent.mkdir(parents=True, exist_ok=True)
        (folder / path).write_text(text, "utf-8")


def put(path: str, text: str) -> Edit:
    """Save a file as editors do: write another one, and rename it."""

    def save() -> None:
        Path(path).parent.mkdir(parents=True, exist_ok=True)
        Path(f"{path}~").write_text(text, "utf-8")
        os.replace(f"{path}~", path)

    return save


class Watched:
    """`build --watch` in this process: edits take the place of waiting for them."""

    def __init__(
        self, edits: Iterable[Edit], *arguments: str, spec: str = "shop", command: str = "build"
    ) -> None:
        """Build, do each edit and build again, and press Ctrl-C."""
        self.printed: list[str] = []  # by each round
        self.counts: list[Counter[str]] = []  # of each round, for the specs that it compiled
        self._edits, self._text = iter(edits), io.StringIO()
        self._round, self._compiled = Counter[str](), list[Compilation]()
        with pytest.MonkeyPatch.context() as patch, redirect_stdout(self._text):
            patch.setattr(watching, "FileChanges", lambda without: self)
            patch.setattr(BuildWatch, "_build", self._counting(BuildWatch._build))
            with redirect_stderr(self._text), pytest.raises(SystemExit) as ended:
                main([command, *spec.split(), *arguments, "--watch"], prog_name="apiscribe")
        self.status = ended.value.code
        assert self._text.getvalue() == "", "Ctrl-C prints nothing"

    def wait(self, paths: object) -> bool:
        """Take down what the round did, and do the next edit; press Ctrl-C after the last one."""
        self.printed.append(self._text.getvalue())
        self._text.seek(0)
        self._text.truncate()
        self.counts.append(self._round)
        self._round = Counter()
        if (edit := next(self._edits, None)) is None:
            raise KeyboardInterrupt
        edit()
        return True

    def _counting(self, build: Callable[[BuildWatch, watching.Round], None]) -> Callable[..., None]:
        def counted(watch: BuildWatch, found: watching.Round) -> None:
            build(watch, found)
            for compilation in found.compilations:
                if all(compilation is not other for other in self._compiled):
                    self._compiled.append(compilation)
                    for step in compilation.profile.steps:
                        self._round += step.counts

        return counted


def outputs(folder: str = "generated") -> dict[str, bytes]:
    return {str(f): f.read_bytes() for f in Path(folder).rglob("*") if f.is_file()}


def test_a_changed_page_is_the_only_one_that_is_read_and_written() -> None:
    title = put("shop/pages/book.md", SHOP.replace("Its title.", "The title."))
    watched = Watched([title])
    first, second = watched.counts
    assert (first["pages"], first["parsed"]) == (2, 2)
    assert (second["pages"], second["parsed"]) == (2, 1)
    assert (first["declarations"], second["declarations"]) == (6, 6)
    assert (first["descriptors"], second["descriptors"]) == (2, 1)
    assert second["files"] == len(DESCRIBED)
    assert second["rendered"] <= len(DESCRIBED) + 7, "some are made again, and as before"
    assert f"shop/pages/book.md: {len(DESCRIBED)} files written (" in watched.printed[1]
    assert watched.status == 130


def test_a_file_that_is_saved_without_a_change_is_no_build() -> None:
    watched = Watched([put("shop/pages/book.md", SHOP)])
    assert watched.printed[1] == ""


def test_what_did_not_change_is_not_read_from_the_cache_again(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Neither after a file that was saved without a change, nor after an error."""
    read: list[str] = []
    get = Cache.get

    def counted(cache: Cache, name: str) -> bytes | None:
        read.append(name)
        return get(cache, name)

    monkeypatch.setattr(Cache, "get", counted)
    described = put("shop/pages/book.md", SHOP.replace("Its title.", "The title."))
    Watched(
        [put("shop/pages/book.md", SHOP), put("shop/pages/book.md", ERROR), read.clear, described]
    )
    in_watch = len(read)
    read.clear()
    Watched([])
    assert in_watch < len(read) * 2 // 3, "a build of its own reads all"


def test_the_lock_that_a_build_writes_is_no_change() -> None:
    watched = Watched([lambda: None])
    assert "numbers assigned" in watched.printed[0]
    assert watched.printed[1] == ""


def test_a_lock_from_elsewhere_is_a_change() -> None:
    lock = Path("shop/lock.json")
    before: list[str] = []

    def keep() -> None:
        before.append(lock.read_text("utf-8"))
        put("shop/pages/book.md", SHOP.replace("title", "name"))()

    watched = Watched([keep, lambda: put("shop/lock.json", before[0])()])
    assert "shop/lock.json: " in watched.printed[2]
    assert "1 number assigned" in watched.printed[2]


def test_an_error_leaves_the_outputs_and_is_printed_until_it_is_gone() -> None:
    kept: list[dict[str, bytes]] = []
    look = lambda: kept.append(outputs())  # noqa: E731
    other = put("shop/pages/author.md", AUTHOR.replace("Its name.", "The name."))
    edits = [put("shop/pages/book.md", ERROR), other, look, put("shop/pages/book.md", SHOP)]
    watched = Watched([look, *edits])
    assert "errors; the outputs stay as they are" in watched.printed[2]
    assert "error: missing-package: " in watched.printed[2]
    assert "error: missing-package: " in watched.printed[3]
    assert kept[0] == kept[1]
    assert "error" not in watched.printed[5]
    assert watched.counts[5]["files"] == len(DESCRIBED), "what was changed meanwhile is written too"


def test_a_warning_is_printed_once() -> None:
    unknown = SHOP.replace("| title | string |", "| title | Title |")
    other = put("shop/pages/author.md", AUTHOR.replace("Its name.", "The name."))
    watched = Watched([put("shop/pages/book.md", unknown), other])
    assert [text.count("warning: ") for text in watched.printed] == [0, 1, 0]


def test_a_folder_may_be_missing_for_a_while() -> None:
    watched = Watched(
        [lambda: os.rename("shop", "away"), lambda: None, lambda: os.rename("away", "shop")]
    )
    assert watched.printed[1].startswith("Error: shop does not exist")
    assert watched.printed[2] == "", "it is said once"
    assert watched.printed[3] == "nothing has changed\n"


def test_specs_come_and_go() -> None:
    write(Path("specs"), FILES)
    new = put("specs/shelf/pages/author.md", AUTHOR)
    watched = Watched([new, lambda: shutil.rmtree("specs/shop")], spec="")
    assert "specs/shelf: " in watched.printed[1]
    assert Path("generated/shelf/api.json").exists()
    assert "specs/shop: 0 files written" in watched.printed[2]
    assert Path("generated/shop/api.json").exists(), "as a build without it leaves them"


def test_pages_are_checked_again_after_a_change() -> None:
    watched = Watched([put("shop/pages/book.md", ERROR), lambda: None], command="lint")
    assert "no errors or warnings" in watched.printed[0]
    assert "error: missing-package" in watched.printed[1]
    assert "shop/pages/book.md: checked (" in watched.printed[1]
    assert watched.printed[2] == ""
    assert watched.status == 130


def test_an_internal_error_does_not_end_it() -> None:
    patch = pytest.MonkeyPatch()

    def fail() -> None:
        patch.setattr(watching, "load_specs", lambda *_, **__: 1 / 0)

    def mend() -> None:
        patch.undo()
        put("shop/pages/book.md", SHOP.replace("Its title.", "The title."))()

    watched = Watched([fail, mend])
    assert "ZeroDivisionError" in watched.printed[1]
    assert f"{len(DESCRIBED)} files written" in watched.printed[2]


PATHS = ("pages/book.md", "pages/author.md", "pages/shelf/book.md", "spec.toml", "overlay.toml")
TEXTS = (
    SHOP,
    AUTHOR,
    ERROR,
    SHOP.replace("| title | string |", "| title | AuthorInfo |"),
    SHOP.replace("| title | string |", "| name | Title |"),
    SHOP.replace("shop.v1", "shelf.v1"),
    AUTHOR.replace("/v1/authors/{author_id}", "/v1/books/{author_id}"),
    "# Notes\n\nNothing about an API.\n",
    "",
    "\ud800",
)
SETTINGS = ('name = "shop"\n', 'name = "shelf"\n', "name = \n", '[outputs]\nonly = ["proto"]\n')
OVERLAYS = (
    "",
    '[[change]]\nat = "shop.v1.BookInfo.title"\nset = { type = "int32" }\nreason = "so"\n',
    '[[add]]\nat = "shop.v1.BookInfo"\nname = "pages"\ntype = "int32"\nreason = "so"\n',
)


@st.composite
def edits(draw: st.DrawFn) -> list[tuple[str, str, str]]:
    """Files to save, delete, rename or damage."""
    kind = draw(st.sampled_from(("save", "save", "delete", "rename", "damage", "revert")))
    path = draw(st.sampled_from(PATHS))
    texts = {"spec.toml": SETTINGS, "overlay.toml": OVERLAYS}.get(path, TEXTS)
    text = draw(st.sampled_from(texts))
    if kind == "damage":
        lines = text.splitlines(keepends=True)
        place = draw(st.integers(0, len(lines)))
        text = "".join(lines[:place] + lines[place + draw(st.integers(0, 3)) :])
    return kind, path, draw(st.sampled_from(PATHS[:3])) if kind == "rename" else text


def do(folder: Path, kind: str, path: str, text: str) -> None:
    file = folder / path
    match kind:
        case "save" | "damage":
            file.parent.mkdir(exist_ok=True)
            file.write_bytes(text.encode("utf-8", "surrogatepass"))
        case "delete":
            file.unlink(missing_ok=True)
        case "rename" if file.exists():
            (folder / text).parent.mkdir(exist_ok=True)
            os.replace(file, folder / text)
        case "revert":
            write(folder.parent, FILES)


@examples(3)
@given(rounds=st.lists(st.lists(edits(), min_size=1, max_size=3), min_size=4, max_size=6))
def test_the_outputs_are_those_of_a_cold_build(rounds: list[list[tuple[str, str, str]]]) -> None:
    """After each edit: the same files, locks and diagnostics of errors."""
    shutil.rmtree("shop")
    shutil.rmtree("generated", ignore_errors=True)
    write(Path(), FILES)
    expected: list[dict[str, bytes]] = []

    def compared(changes: list[tuple[str, str, str]]) -> None:
        check()
        for change in changes:
            do(Path("shop"), *change)
        shutil.rmtree("cold", ignore_errors=True)
        for folder in ("shop", "generated"):
            shutil.copytree(folder, f"cold/{folder}")
        with contextlib.chdir("cold"):
            CliRunner().invoke(main, ["build", "shop"])
            expected.append(tree())

    def check() -> None:
        if expected:
            assert tree() == expected.pop()

    def tree() -> dict[str, bytes]:
        return outputs("generated") | outputs("shop")

    Watched([*(partial(compared, changes) for changes in rounds), check])
