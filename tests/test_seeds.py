"""The five pages that apiscribe was begun for go the whole way, unedited.

They are other people's work and are read where they lie: `APISCRIBE_CORPUS` names the folder.
"""

from __future__ import annotations

import os
import shutil
from pathlib import Path

import pytest
from serving import Server, build

from apiscribe.emit import emit_sorted
from apiscribe.sources.compilation import compile_folder

ROOT = Path(__file__).parent.parent
CORPUS = Path(os.environ.get("APISCRIBE_CORPUS", ROOT.parent / "shared"))

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(
        not (CORPUS / "seeds").is_dir(),
        reason="no corpus: APISCRIBE_CORPUS names no folder with seeds/",
    ),
]

# Which seed is the page that a sample spec carries over.
SEEDS = {
    "cloudforet": {
        "000": "pages/inventory/v1/Job_task.md",
        "002": "pages/inventory/v1/Job.md",
    },
    "spaceone": {
        "001": "pages/cost_analysis/v1/job-task.md",
        "003": "pages/power_scheduler/v1/job-task.md",
        "004": "pages/inventory/v1/job.md",
    },
}


@pytest.fixture(params=sorted(SEEDS))
def spec(request: pytest.FixtureRequest, tmp_path: Path) -> Path:
    """A sample spec whose pages are the seeds, byte for byte."""
    folder = tmp_path / request.param
    shutil.copytree(ROOT / "specs" / request.param, folder)
    for number, page in SEEDS[request.param].items():
        (seed,) = (CORPUS / "seeds").glob(f"{number}_*.txt")
        shutil.copyfile(seed, folder / page)
    return folder


def test_seeds_equal_the_sample_pages(spec: Path) -> None:
    """But for prose: names, types, labels, marks, routes and values are the seeds'."""
    ours = compile_folder(ROOT / "specs" / spec.name).api
    theirs = compile_folder(spec).api

    def facts(api: object) -> object:
        return [
            (
                file.path,
                file.dialect,
                [
                    (s.full_name, [(m.name, m.request, m.response, m.routes) for m in s.methods])
                    for s in file.services
                ],
                [
                    (
                        m.full_name,
                        m.enums,
                        [(f.name, f.type, f.repeated, f.required, f.number) for f in m.fields],
                    )
                    for m in file.messages
                ],
            )
            for file in api.files  # type: ignore[attr-defined]
        ]

    assert facts(theirs) == facts(ours)


def test_seeds_build_without_an_error(spec: Path) -> None:
    compilation = compile_folder(spec)
    assert emit_sorted(compilation.api, compilation.report)
    assert not compilation.report.at("error", "warning")


def test_seeds_are_served(spec: Path, tmp_path: Path) -> None:
    tree = build(spec, tmp_path / "generated")
    with Server(tree, tmp_path / "store.db", sample=2) as server:
        for _, service in compile_folder(spec).api.services():
            name = f"{service.full_name}.list"
            answer = server.ask(name, {"domain_id": "domain-000000000001"})
            assert answer["total_count"] == 2, name


def test_the_folder_of_seeds_builds_as_it_is() -> None:
    """No spec.toml, two dialects, numbers for names, and one service on two pages."""
    compilation = compile_folder(CORPUS / "seeds")
    assert emit_sorted(compilation.api, compilation.report)
    pages = [file for file in compilation.api.files if file.page]
    assert len(pages) == 5
    assert {page.dialect for page in pages} == {"hugo", "gitbook"}
