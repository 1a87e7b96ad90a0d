"""Other projects' HTTP pages, served: each operation answers its documented request as documented,
and `explain` lists those that need a handler.
"""

from __future__ import annotations

import re
import shutil
from pathlib import Path

import pytest
from http_score import OTHER
from served_corpora import SAMPLES, Calls, call_all
from serving import Server, build, package
from thorough import thorough

from apiscribe.emit.handlers.answers import Answers, who_answers
from apiscribe.sources.compilation import compile_folder

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(
        not OTHER.is_dir(), reason="no corpus: APISCRIBE_CORPUS names no folder with other/"
    ),
]

# Project → the operations on stored rows, those with the example of the page, and those with
# neither: their pages show no answer.
EXPECTED = {
    "audiobookshelf": (36, 97, 24),
    "bc3": (108, 82, 128),
    "listmonk": (24, 27, 6),
    "mastodon": (69, 122, 73),
}
# The page has a text in the request, and lists the values at the field of the row.
REFUSED = re.compile(r"POST /api/v1/admin/ip_blocks: 422, .*key = severity, reason = input should")


@pytest.mark.parametrize(
    "project",
    [pytest.param(name, marks=[thorough] if name != "listmonk" else []) for name in EXPECTED],
)
def test_every_operation_answers_as_documented(project: str, tmp_path: Path) -> None:
    spec = tmp_path / project
    shutil.copytree(OTHER / project / "pages", spec / "pages")
    tree = build(spec, tmp_path / "out")
    with Server(tree, tmp_path / "rows.db", sample=SAMPLES) as server:
        calls: Calls = call_all(server, package(tree, "registry").API)
        assert "Traceback" not in server.log(), server.log()[-3000:]
    assert [problem for problem in calls.wrong if not REFUSED.match(problem)] == []
    acted, shown, without = EXPECTED[project]
    assert len(calls.acted) >= acted, sorted(calls.acted)
    assert len(calls.acted) + len(calls.shown) >= acted + shown
    assert len(calls.without) <= without, sorted(calls.without)
    said = who_answers(compile_folder(spec).api)
    needed = {name for name, answers in said.items() if answers is Answers.HANDLER}
    assert set(calls.without) == needed & {*calls.acted, *calls.shown, *calls.without}
