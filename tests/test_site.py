"""The documentation as a site, and the files for CI that it shows."""

from __future__ import annotations

import importlib.util
import re
import shutil
import subprocess
import sys
from contextlib import chdir
from pathlib import Path
from typing import Any

import command_line
import pytest
import yaml

from apiscribe.diagnostics.codes import CODES
from apiscribe.drift.change_kinds import KINDS
from apiscribe.lower.inference_rules import RULES

ROOT = Path(__file__).parents[1]
CI = (ROOT / "docs" / "ci.md").read_text("utf-8")
FILES: dict[str, Any] = {
    name: yaml.safe_load(text)
    for text, name in re.findall(r"```yaml\n(# (\S+)\n.*?)```", CI, re.DOTALL)
}


def site_pages() -> dict[str, str]:
    spec = importlib.util.spec_from_file_location("site_pages", ROOT / "docs" / "site_pages.py")
    assert spec
    assert spec.loader
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return dict(module.generated_pages())


def test_each_code_rule_and_kind_has_a_page() -> None:
    pages = site_pages()
    names = {
        "diagnostics": list(CODES),
        "rules": [rule.name for rule in RULES],
        "changes": list(KINDS),
    }
    for folder, words in names.items():
        for word in words:
            page = pages[f"{folder}/{word}.md"]
            assert page.startswith(f"# {word}\n")
            assert page.count("\n") > 4
            assert f"({word}.md)" in pages[f"{folder}/index.md"]


@pytest.mark.slow
@pytest.mark.skipif(importlib.util.find_spec("material") is None, reason="needs mkdocs-material")
def test_the_site_builds_without_a_warning(tmp_path: Path) -> None:
    done = subprocess.run(
        [sys.executable, "-m", "mkdocs", "build", "--strict", "--quiet", "--site-dir", tmp_path],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    assert (tmp_path / "diagnostics" / "unread-block" / "index.html").is_file()
    assert (tmp_path / "tutorial" / "index.html").is_file()
    for page in tmp_path.rglob("*.html"):
        text = page.read_text("utf-8")
        assert not re.search(r'(?:src|rel="stylesheet" href)="https?:', text), page
        assert len(re.findall(r'role="dialog"', text)) == text.count('role="dialog" aria-label=')


# ---- CI


def test_the_workflow_passes_inputs_of_the_action() -> None:
    action = yaml.safe_load((ROOT / "action.yml").read_text("utf-8"))
    steps = FILES[".github/workflows/api.yml"]["jobs"]["drift"]["steps"]
    (step,) = (each for each in steps if each["uses"].startswith("OWNER/apiscribe"))
    assert step["with"].keys() <= action["inputs"].keys()


def test_the_hooks_of_pre_commit_exist() -> None:
    hooks = yaml.safe_load((ROOT / ".pre-commit-hooks.yaml").read_text("utf-8"))
    (repository,) = FILES[".pre-commit-config.yaml"]["repos"]
    assert {each["id"] for each in repository["hooks"]} <= {each["id"] for each in hooks}


@pytest.mark.slow
def test_the_job_of_gitlab_passes_and_fails(tmp_path: Path) -> None:
    shutil.copytree(ROOT / "specs" / "invoicing", tmp_path / "specs" / "shop")
    script = "set -e\n" + "\n".join(FILES[".gitlab-ci.yml"]["api"]["script"])
    script = script.replace("apiscribe ", f"{sys.executable} -m apiscribe ")
    author = ["-c", "user.name=a", "-c", "user.email=a@b.example"]

    def run(*command: str) -> int:
        return subprocess.run(command, cwd=tmp_path, capture_output=True, check=False).returncode

    def build() -> None:
        with chdir(tmp_path):
            assert command_line.run("build").exit_code == 0

    build()
    for words in (["init", "-q"], ["add", "."], [*author, "commit", "-qm", "first"]):
        assert run("git", *words) == 0
    job = f"CI_MERGE_REQUEST_DIFF_BASE_SHA=HEAD\n{script}"
    assert run("bash", "-c", job) == 0
    page = tmp_path / "specs" / "shop" / "pages" / "invoices.md"
    text = page.read_text("utf-8")
    kept = [line for line in text.splitlines() if not line.startswith("| `due_before` |")]
    page.write_text("\n".join(kept), "utf-8")
    assert run("bash", "-c", job) == 1  # the generated files are old
    build()
    assert run("bash", "-c", job) == 1
    assert "<failure" in (tmp_path / "drift.xml").read_text("utf-8")
