"""Every resource of every version of the corpus lives from create, or from the rows that a server
begins with, to NOT_FOUND: through both transports, in both stores.
"""

from __future__ import annotations

import json
import shutil
from collections import Counter
from collections.abc import Callable
from functools import cache
from pathlib import Path

import pytest
import tomlkit
from life import CutShortError, Life
from score import CORPUS, versions
from serving import STORES, Server, build
from thorough import ORDINARY, thorough

from apiscribe.sources.compilation import compile_folder

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(
        not (CORPUS / "corpus").is_dir(), reason="no corpus: APISCRIBE_CORPUS names no folder of it"
    ),
]

# Version → how many resources it has, with which verb how many lives end through a transport (`gone` is
# NOT_FOUND after delete), and which lives the pages cut short, and why.
EXPECTED = Path(__file__).parent / "life.json"


@cache
def tree(version: str, folder: Path) -> Path:
    """The outputs of a version. Enums that its pages leave open have values, by overlay.toml, as
    a user would declare them: without, no request that requires one could be made.
    """
    spec = folder / f"version_{version.replace('.', '_').replace('-', '_')}"
    shutil.copytree(CORPUS / "corpus" / version, spec)
    files = compile_folder(spec).api.files
    entries = {
        f"{f.package}.{enum.name}" for f in files for enum in f.all_enums() if enum.incomplete
    }
    overlay = tomlkit.document()
    overlay["declare"] = [
        {"at": entry, "enum": ["NONE", "ENABLED", "DISABLED"], "reason": "No page lists them."}
        for entry in sorted(entries)
    ]
    (spec / "overlay.toml").write_text(tomlkit.dumps(overlay), "utf-8")
    return build(spec, folder / "out")


@pytest.fixture(scope="session")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("life")


# An ordinary run has each version and each store once, a thorough run every pair.
PAIRS = [
    pytest.param(
        version,
        store,
        marks=[] if (version, store) in zip(ORDINARY, STORES, strict=True) else [thorough],
    )
    for version in versions()
    for store in STORES
]


@pytest.mark.parametrize(("version", "store"), PAIRS, indirect=["store"], scope="module")
def test_every_resource_lives_from_create_to_delete(
    version: str,
    folder: Path,
    new_store: Callable[[], Path | str],
    tmp_path: Path,
    request: pytest.FixtureRequest,
) -> None:
    cut_short, faults, ends = {}, {}, Counter[str]()
    life = Life(tree(version, folder))
    rows = tmp_path / "rows.json"
    rows.write_text(json.dumps({name: list(each.values()) for name, each in life.rows.items()}))
    with Server(tree(version, folder), new_store(), load=rows) as server:
        life.begin(server)
        for service in life.services:
            for transport in life.transports:
                try:
                    verbs = list(life.lead(service, transport))
                except CutShortError as reason:
                    cut_short[f"{service.full_name} over {transport}"] = str(reason)
                except (AssertionError, LookupError) as error:
                    faults[f"{service.full_name} over {transport}"] = str(error)
                else:
                    ends[verbs[-1]] += 1
        assert server.log() == ""
    assert faults == {}
    found = {"resources": len(life.services), "ends": ends, "cut short": cut_short}
    expected = json.loads(EXPECTED.read_text("utf-8")) if EXPECTED.exists() else {}
    if request.config.getoption("--refresh") and expected.get(version) != found:
        expected[version] = found
        text = json.dumps(dict(sorted(expected.items())), indent=1)
        EXPECTED.write_text(text + "\n", "utf-8")
        pytest.fail("refreshed")
    assert found == expected[version]
