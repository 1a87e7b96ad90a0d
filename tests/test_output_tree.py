"""The output folder: written whole or not at all, nothing outside it, nothing without need."""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from apiscribe.commands import main
from apiscribe.diagnostics.report import Report
from apiscribe.emit import emit_sorted
from apiscribe.sources.compilation import compile_folder
from apiscribe.workspace.output_dir import MANIFEST, OutputDir, OutputDirError

ROOT = Path(__file__).parent.parent


PAGE = "pages/inventory/v1/Job.md"
# The page's files below the output folder.
PROTO = "proto/spaceone/api/inventory/v1/job.proto"
MODEL = "cloudforet/models/spaceone/api/inventory/v1/job.py"
CATALOG = "cloudforet/registry/spaceone/api/inventory/v1/job.py"
REFERENCE = "cloudforet/reference.html"
CLIENT = CATALOG.replace("/registry/", "/client/")
STUBS = tuple(
    f"cloudforet/stubs/spaceone/api/inventory/v1/job_pb2{rest}"
    for rest in (".py", ".pyi", "_grpc.py", "_grpc.pyi")
)


@pytest.fixture
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder with a spec of three pages, built; it is the current folder."""
    shutil.copytree(ROOT / "specs" / "cloudforet", tmp_path / "specs" / "cloudforet")
    monkeypatch.chdir(tmp_path)
    assert build().exit_code == 0
    return tmp_path


def build(*options: str) -> Result:
    return CliRunner().invoke(main, ["build", *options])


def page(here: Path, name: str = PAGE) -> Path:
    return here / "specs" / "cloudforet" / name


def out(here: Path) -> Path:
    return here / "generated" / "cloudforet"


def contents(folder: Path) -> dict[str, bytes]:
    """Every file below a folder, hidden ones too: path → content. A link counts as its target."""
    found = {}
    for path in sorted(folder.rglob("*")):
        name = path.relative_to(folder).as_posix()
        if path.is_symlink():
            found[name] = f"link to {os.readlink(path)}".encode()
        elif path.is_file():
            found[name] = path.read_bytes()
    return found


def stamps(folder: Path) -> dict[str, tuple[int, int]]:
    """When each file and folder was changed, and which one it is."""
    found = {path: path.stat() for path in (folder, *folder.rglob("*"))}
    return {str(path): (stat.st_mtime_ns, stat.st_ino) for path, stat in found.items()}


def changed(before: dict[str, bytes], after: dict[str, bytes]) -> set[str]:
    return {path for path in before | after if before.get(path) != after.get(path)}


def edit(file: Path, old: str, new: str) -> None:
    text = file.read_text("utf-8")
    assert text.count(old) == 1
    file.write_text(text.replace(old, new), "utf-8")


# ---- what is written


def test_a_second_build_writes_nothing(here: Path) -> None:
    for file in out(here).rglob("*"):
        os.utime(file, ns=(1, 1))
    before = stamps(out(here))
    done = build()
    assert done.exit_code == 0
    assert ": 0 written, " in done.output
    after = stamps(out(here))
    assert {path for path in before if before[path] != after.get(path)} <= {str(out(here))}
    assert before.keys() == after.keys()


def test_the_manifest_lists_every_file_but_itself(here: Path) -> None:
    listed = json.loads((out(here) / MANIFEST).read_text("utf-8"))["files"]
    assert listed == sorted(listed)
    assert {*listed, MANIFEST} == contents(out(here)).keys()


@pytest.mark.parametrize(
    ("old", "new", "expected"),
    [
        pytest.param(
            "desc: Identifier of the job to read.",
            "desc: Which job to read.",
            {"api.json", "openapi.json", PROTO, MODEL, CLIENT, REFERENCE},
            id="description of a field",
        ),
        pytest.param(
            "A Job is one run of a collector.",
            "A Job is one run.",
            {"api.json", "openapi.json", PROTO, REFERENCE},
            id="description of the page",
        ),
        pytest.param(
            "**POST** /inventory/v1/job/stat",
            "**POST** /inventory/v1/job/count",
            # The options of a method are a part of its descriptor.
            {"api.json", "openapi.json", PROTO, CATALOG, CLIENT, STUBS[0], REFERENCE},
            id="route",
        ),
        pytest.param(
            "* **collector_id** (string)",
            "* **collector** (string)",
            {"api.json", "openapi.json", PROTO, MODEL, CATALOG, CLIENT, *STUBS[:2], REFERENCE},
            id="name of a field",
        ),
    ],
)
def test_only_files_that_hold_a_change_are_written(
    here: Path, old: str, new: str, expected: set[str]
) -> None:
    before, times = contents(out(here)), stamps(out(here))
    edit(page(here), old, new)
    done = build("-v")
    assert done.exit_code == 0, done.output
    assert changed(before, contents(out(here))) == expected
    for path in expected:
        assert f"wrote {Path('generated', 'cloudforet', path)}\n" in done.output
    untouched = {str(out(here) / path) for path in before.keys() - expected}
    after = stamps(out(here))
    assert {path for path in untouched if times[path] != after[path]} == set()


def test_a_renamed_page_takes_its_outputs_along(here: Path) -> None:
    before = contents(out(here))
    page(here).rename(page(here).with_name("Work.md"))
    assert build().exit_code == 0
    after = contents(out(here))
    gone, new = before.keys() - after.keys(), after.keys() - before.keys()
    assert gone == {PROTO, MODEL, CATALOG, CLIENT, *STUBS}
    assert new == {path.replace("/job", "/work") for path in gone}


def test_a_deleted_page_takes_its_outputs_and_empty_folders_along(here: Path) -> None:
    for name in ("Job.md", "Job_task.md"):
        page(here, f"pages/inventory/v1/{name}").unlink()
    (here / "specs" / "cloudforet" / "overlay.toml").unlink()
    done = build()
    assert done.exit_code == 0, done.output
    assert not [path for path in contents(out(here)) if "inventory" in path]
    assert not [path for path in out(here).rglob("*") if path.name == "inventory"]
    assert (out(here) / "proto/spaceone/api/core").is_dir()


@pytest.mark.parametrize(
    "path", ["notes.md", MODEL.replace("job.py", "mine.py"), "mine/handlers.py"]
)
def test_a_file_of_another_origin_is_left_alone(here: Path, path: str) -> None:
    own = out(here) / path
    own.parent.mkdir(parents=True, exist_ok=True)
    own.write_text("mine", "utf-8")
    for name in ("Job.md", "Job_task.md"):
        page(here, f"pages/inventory/v1/{name}").unlink()
    (here / "specs" / "cloudforet" / "overlay.toml").unlink()
    assert build().exit_code == 0
    assert own.read_text("utf-8") == "mine"
    assert path not in json.loads((out(here) / MANIFEST).read_text("utf-8"))["files"]


def test_a_file_that_was_changed_by_hand_is_written_again(here: Path) -> None:
    before = contents(out(here))
    (out(here) / MODEL).write_text("changed", "utf-8")
    (out(here) / PROTO).unlink()
    assert build("--check").exit_code == 1
    assert build().exit_code == 0
    assert contents(out(here)) == before


def test_line_ends_of_another_system_are_a_difference(here: Path) -> None:
    file = out(here) / PROTO
    file.write_bytes(file.read_bytes().replace(b"\n", b"\r\n"))
    assert build("--check").exit_code == 1


# ---- links, and paths that lead out


@pytest.mark.parametrize("path", [MODEL, "api.json", MANIFEST])
def test_a_link_in_place_of_a_file_is_refused(here: Path, path: str) -> None:
    outside = here / "outside.txt"
    outside.write_text("mine", "utf-8")
    (out(here) / path).unlink()
    (out(here) / path).symlink_to(outside)
    before = contents(here)
    for options in ((), ("--check",)):
        done = build(*options)
        assert done.exit_code == 2
        assert "is a link" in done.output
        assert str(Path("generated", "cloudforet", path)) in done.output
    assert contents(here) == before


@pytest.mark.parametrize("path", ["proto", "cloudforet/models/spaceone", "cloudforet"])
def test_a_link_in_place_of_a_folder_is_refused(here: Path, path: str) -> None:
    outside = here / "outside"
    shutil.move(out(here) / path, outside)
    (out(here) / path).symlink_to(outside, target_is_directory=True)
    edit(page(here), "A Job is one run of a collector.", "A Job is one run.")
    before = contents(here)
    done = build()
    assert done.exit_code == 2
    assert "is a link" in done.output
    assert contents(here) == before


def test_a_link_that_leads_nowhere_is_refused(here: Path) -> None:
    (out(here) / MODEL).unlink()
    (out(here) / MODEL).symlink_to(here / "nowhere.py")
    assert build().exit_code == 2
    assert not (here / "nowhere.py").exists()


def test_a_link_in_place_of_the_folder_of_an_api_is_refused(here: Path) -> None:
    outside = here / "outside"
    outside.mkdir()
    shutil.rmtree(out(here))
    out(here).symlink_to(outside, target_is_directory=True)
    done = build()
    assert done.exit_code == 2
    assert contents(outside) == {}


def test_the_out_folder_may_be_a_link(here: Path) -> None:
    (here / "real").mkdir()
    (here / "link").symlink_to(here / "real", target_is_directory=True)
    assert build("--out", "link").exit_code == 0
    assert contents(here / "real" / "cloudforet") == contents(out(here))


OUTSIDE = ["../../x", "../spaceone/x", "/etc/x", "..\\x", "a/../../x", "", ".", "a/\x00b", "x/.."]


@pytest.mark.parametrize("path", OUTSIDE)
def test_an_entry_of_the_manifest_deletes_nothing_outside(here: Path, path: str) -> None:
    for name in ("x", "generated/x", "generated/spaceone/x"):
        (here / name).parent.mkdir(exist_ok=True)
        (here / name).write_text("mine", "utf-8")
    manifest = out(here) / MANIFEST
    entries = json.loads(manifest.read_text("utf-8"))
    entries["files"].append(path)
    manifest.write_text(json.dumps(entries), "utf-8")
    before = contents(here)
    done = build()
    assert done.exit_code in (0, 2)
    assert not isinstance(done.exception, Exception) or done.exit_code == 2
    after = contents(here)
    assert changed(before, after) <= {f"generated/cloudforet/{MANIFEST}"}


def test_an_entry_of_the_manifest_deletes_nothing_through_a_link(here: Path) -> None:
    (here / "outside").mkdir()
    (here / "outside" / "x").write_text("mine", "utf-8")
    (out(here) / "link").symlink_to(here / "outside", target_is_directory=True)
    manifest = out(here) / MANIFEST
    entries = json.loads(manifest.read_text("utf-8"))
    manifest.write_text(json.dumps({"files": [*entries["files"], "link/x"]}), "utf-8")
    assert build().exit_code == 2
    assert (here / "outside" / "x").read_text("utf-8") == "mine"


def test_another_spelling_in_the_manifest_deletes_no_output(here: Path) -> None:
    before = contents(out(here))
    manifest = out(here) / MANIFEST
    entries = json.loads(manifest.read_text("utf-8"))
    spelled = [f"./{MODEL}", MODEL.replace("/", "//"), f"./{MANIFEST}"]
    manifest.write_text(json.dumps({"files": [*entries["files"], *spelled]}), "utf-8")
    build()
    assert contents(out(here)) == before


@pytest.mark.parametrize(
    "text",
    [
        *("", "{", "[]", "null", '{"files": 1}', '{"files": [1, null, []]}', "\xff"),
        pytest.param('{"files": {"a": 1}}'),
        pytest.param('{"files": "abc"}'),
        pytest.param(f'{{"files": {"[" * 100_000}', id="deep"),
    ],
)
def test_a_manifest_that_is_none_deletes_nothing(here: Path, text: str) -> None:
    before = contents(out(here))
    (out(here) / "a").write_text("mine", "utf-8")
    (out(here) / MANIFEST).write_bytes(text.encode("latin-1"))
    done = build()
    assert done.exit_code == 0, done.exception
    assert contents(out(here)) == {**before, "a": b"mine"}


@pytest.mark.parametrize("path", [*OUTSIDE, "a/./../../b", "C:\\x"])
def test_a_tree_refuses_a_path_that_leads_out(tmp_path: Path, path: str) -> None:
    if path in (".", "a/\x00b"):
        pytest.skip("no output has such a path")
    with pytest.raises(OutputDirError):
        OutputDir(tmp_path / "out").write({"fine.txt": b"", path: b""})
    assert contents(tmp_path) == {}


# ---- all or nothing


def test_an_error_in_one_spec_keeps_every_spec_from_being_written(here: Path) -> None:
    shutil.copytree(ROOT / "specs" / "spaceone", here / "specs" / "spaceone")
    bad = here / "specs" / "spaceone" / "pages" / "inventory" / "v1" / "job.md"
    bad.write_text(bad.read_text("utf-8").replace("**Package : ", "**Paket "), "utf-8")
    edit(page(here), "A Job is one run of a collector.", "A Job is one run.")
    before = contents(here / "generated")
    done = build()
    assert done.exit_code == 1
    assert "missing-package" in done.output
    assert "nothing was written" in done.output
    assert contents(here / "generated") == before


@pytest.mark.parametrize(
    "path",
    [
        pytest.param(PROTO),
        pytest.param(MODEL),
        "api.json",
    ],
)
def test_a_folder_in_place_of_a_file_is_refused_and_nothing_written(here: Path, path: str) -> None:
    (out(here) / path).unlink()
    (out(here) / path / "mine").mkdir(parents=True)
    edit(page(here), "A Job is one run of a collector.", "A Job is one run.")
    before = contents(here)
    done = build()
    assert done.exit_code == 2
    assert str(Path(path).name) in done.output
    assert contents(here) == before


@pytest.mark.parametrize("path", ["proto", "cloudforet/models"])
def test_a_file_in_place_of_a_folder_is_refused_and_nothing_written(here: Path, path: str) -> None:
    shutil.rmtree(out(here) / path)
    (out(here) / path).write_text("mine", "utf-8")
    edit(page(here), "A Job is one run of a collector.", "A Job is one run.")
    before = contents(here)
    done = build()
    assert done.exit_code == 2
    assert contents(here) == before


def test_a_file_in_place_of_the_output_folder_is_refused(here: Path) -> None:
    (here / "other").write_text("mine", "utf-8")
    done = build("--out", "other")
    assert done.exit_code == 2
    assert "other" in done.output
    assert (here / "other").read_text("utf-8") == "mine"


class Broken:
    """os.replace, broken from the n-th call on."""

    def __init__(self, calls: int) -> None:
        self.left, self.replace = calls, os.replace

    def __call__(self, *paths: Path) -> None:
        self.left -= 1
        if self.left < 0:
            raise OSError(28, "No space left on device")
        self.replace(*paths)


def test_a_full_disk_is_an_error_that_names_the_file(
    here: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    shutil.rmtree(out(here))
    write = Path.write_bytes

    def full(path: Path, content: bytes) -> int:
        if ".apiscribe-" in str(path):
            raise OSError(28, "No space left on device")
        return write(path, content)

    monkeypatch.setattr(Path, "write_bytes", full)
    done = build()
    assert done.exit_code == 2
    assert re.search(r"No space left on device: 'generated/[^']*\.\w+'", done.output), done.output
    assert not list(here.rglob(".apiscribe-*"))


@pytest.mark.parametrize("calls", [0, 1, 3])
def test_a_write_that_breaks_off_leaves_no_staging_folder(
    here: Path, monkeypatch: pytest.MonkeyPatch, calls: int
) -> None:
    shutil.rmtree(out(here))
    monkeypatch.setattr(os, "replace", Broken(calls))
    done = build()
    assert done.exit_code == 2
    assert "No space left on device" in done.output
    assert not [path for path in here.rglob("*") if path.name.startswith(".apiscribe")]
    monkeypatch.undo()
    monkeypatch.chdir(here)
    assert build().exit_code == 0
    assert build("--check").exit_code == 0


@pytest.mark.xfail(strict=True, reason="what was replaced is not put back")
def test_a_write_that_breaks_off_changes_nothing(
    here: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = contents(out(here))
    edit(page(here), "A Job is one run of a collector.", "A Job is one run.")
    monkeypatch.setattr(os, "replace", Broken(1))
    assert build().exit_code == 2
    assert contents(out(here)) == before


def test_a_build_deletes_the_leftovers_of_a_broken_one(
    here: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    page(here).rename(page(here).with_name("Work.md"))
    wanted = {
        o.path: o.content
        for o in emit_sorted(compile_folder(here / "specs" / "cloudforet").api, Report())
    }
    with OutputDir(out(here)).transaction(wanted.items(), keep=False) as staged:
        writes = staged.changes.written
    monkeypatch.setattr(os, "replace", Broken(writes.index(MANIFEST) + 1))
    assert build().exit_code == 2
    monkeypatch.undo()
    monkeypatch.chdir(here)
    assert build().exit_code == 0
    assert contents(out(here)).keys() == {*wanted, MANIFEST}


@pytest.mark.skipif(
    not hasattr(os, "geteuid") or os.geteuid() == 0, reason="root writes where nobody may"
)
@pytest.mark.parametrize("folder", ["", "proto"])
def test_a_folder_that_must_not_be_written_is_status_2(here: Path, folder: str) -> None:
    edit(page(here), "A Job is one run of a collector.", "A Job is one run.")
    locked = out(here) / folder
    locked.chmod(0o555)
    try:
        done = build()
    finally:
        locked.chmod(0o755)
    assert done.exit_code == 2
    assert "ermission denied" in done.output


# ---- same input, same bytes

PROGRAM = """
import sys
from pathlib import Path
from apiscribe.sources.compilation import compile_folder
from apiscribe.diagnostics.report import Report
from apiscribe.emit import emit_sorted
from apiscribe.workspace.output_dir import OutputDir
for spec in sorted(Path("specs").glob("*/")):
    compilation = compile_folder(spec)
    outputs = emit_sorted(compilation.api, compilation.report)
    OutputDir(Path(sys.argv[1]) / compilation.spec.name).write({o.path: o.content for o in outputs})
"""


def test_the_same_pages_give_the_same_bytes_wherever_they_lie(tmp_path: Path) -> None:
    found = []
    for number, seed in enumerate(["0", "12345"]):
        folder = tmp_path / ("a" * (1 + 40 * number)) / "deep"
        names = ["spaceone", "cloudforet"] if number else ["cloudforet", "spaceone"]
        for name in names:
            shutil.copytree(ROOT / "specs" / name, folder / "specs" / name)
        environment = {**os.environ, "PYTHONHASHSEED": seed, "TZ": f"UTC+{number}", "LC_ALL": "C"}
        subprocess.run(
            [sys.executable, "-c", PROGRAM, f"out{number}"], cwd=folder, env=environment, check=True
        )
        found.append(contents(folder / f"out{number}"))
    assert len(found[0]) > 100
    assert found[0] == found[1]
    assert not [path for path, text in found[0].items() if os.fsencode(tmp_path) in text]
