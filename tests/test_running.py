"""How a server is run: its settings, its log, its metrics, its workers, and how it stops."""

from __future__ import annotations

from pathlib import Path

import pytest
from serving import package, refused_call
from test_query import build_depot


@pytest.fixture(scope="module")
def tree(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return build_depot(tmp_path_factory.mktemp("running"))


# --- settings


def write_settings(folder: Path, text: str) -> Path:
    file = folder / "settings.toml"
    file.write_text(text, "utf-8")
    return file


def test_a_flag_beats_the_environment_and_that_beats_the_file(
    tree: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = write_settings(tmp_path, "max_rows = 1\nmax_bytes = 1\ntimeout = 1\nload = ['a', 'b']\n")
    monkeypatch.setenv("SERVE_SETTINGS", str(file))
    monkeypatch.setenv("SERVE_MAX_BYTES", "2")
    monkeypatch.setenv("SERVE_MAX_ROWS", "2")
    read = package(tree, "runtime.settings").read_settings
    found = read("depot", ["--max-rows", "3"])
    assert (found.max_rows, found.max_bytes, found.timeout) == (3, 2, 1)
    assert found.load == [Path("a"), Path("b")]
    other = write_settings(tmp_path, "sample = 7\n")
    assert read("depot", ["--settings", str(other)]).sample == 7


def test_help_tells_every_setting_and_its_variable(
    tree: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    settings = package(tree, "runtime.settings")
    with pytest.raises(SystemExit) as exit_:
        settings.read_settings("depot", ["--help"])
    assert exit_.value.code == 0
    told = " ".join(capsys.readouterr().out.split())
    for name, field in settings.Settings.model_fields.items():
        assert f"--{name.replace('_', '-')} " in told
        assert " ".join(str(field.description).split()) in told, name
        assert f"SERVE_{name.upper()}]" in told


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("grcp_port = 1", "no setting is called grcp_port (did you mean grpc_port?)"),
        ("grpc-port = 1", "no setting is called grpc-port (did you mean grpc_port?)"),
        ("zzz = 1", "no setting is called zzz\n"),
        ("settings = 'other.toml'", "no setting is called settings\n"),
        ("grpc_port = ", "is not TOML"),
        ("max_rows = 'x'", "max_rows (in the file of settings): Input should be a valid integer"),
    ],
)
def test_a_file_of_settings_that_cannot_be_is_told(
    tree: Path, tmp_path: Path, text: str, told: str
) -> None:
    file = write_settings(tmp_path, text)
    said = refused_call(tree, tmp_path / "rows.db", settings=file)
    assert told in said
    assert str(file) in said or "file of settings" in told


def test_a_file_of_settings_that_is_missing_is_told(tree: Path, tmp_path: Path) -> None:
    assert "gone.toml" in refused_call(tree, tmp_path / "rows.db", settings=tmp_path / "gone.toml")


def test_a_wrong_setting_is_named_as_it_was_given(
    tree: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SERVE_MAX_ROWS", "none")
    said = refused_call(tree, tmp_path / "rows.db", timeout=0)
    assert "SERVE_MAX_ROWS: Input should be a valid integer" in said
    assert "--timeout: Input should be greater than 0" in said
