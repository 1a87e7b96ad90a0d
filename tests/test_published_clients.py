"""Clients that were published for the API, unmodified, against servers generated from its pages.

Without the true numbers they misread every answer; once these are adopted, they do not.
"""

from __future__ import annotations

import json
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner
from installations import kept, make_environment
from serving import SPECS, WAIT, Server, build, write_rows

from apiscribe.commands import main
from apiscribe.model.lock import LOCK_FILE

pytestmark = pytest.mark.slow

CLIENT = Path(__file__).parent / "published_client.py"
# The stubs of the oldest release need a protobuf of their time.
LIBRARIES = ("grpcio", "protobuf==3.20.3", "googleapis-common-protos==1.56.4")

TIMES = {"created_at": "2024-01-02T03:04:05.000Z", "finished_at": "2024-01-03T00:00:00.000Z"}
# Each service of the samples: its spec, the release of the stubs that fit its page, and a row.
SERVICES: dict[str, tuple[str, str, str, dict[str, Any]]] = {
    "spaceone.api.inventory.v1.Job": (
        "spaceone",
        "1.5.1",
        "spaceone.api.inventory.v1.job",
        {"job_id": "job-1", "status": "SUCCESS", "project_id": "project-1", **TIMES},
    ),
    "spaceone.api.power_scheduler.v1.JobTask": (
        "spaceone",
        "1.5.1",
        "spaceone.api.power_scheduler.v1.job_task",
        {
            "job_task_id": "job-task-1",
            "status": "SUCCESS",
            "success_count": 3,
            "failure_count": 4,
            "errors": [{"error_code": "E1", "message": "no such host"}],
            "job_id": "job-1",
            "project_id": "project-1",
            **TIMES,
        },
    ),
    "spaceone.api.cost_analysis.v1.JobTask": (
        "spaceone",
        "1.9.7",
        "spaceone.api.cost_analysis.v1.job_task",
        {
            "job_task_id": "job-task-1",
            "status": "FAILURE",
            "options": {"start": "2024-01"},
            "created_count": 7,
            "error_code": "E2",
            "error_message": "quota",
            "job_id": "job-2",
            "data_source_id": "ds-1",
            **TIMES,
        },
    ),
    "cloudforet:spaceone.api.inventory.v1.Job": (
        "cloudforet",
        "1.12.40",
        "spaceone.api.inventory.v1.job",
        {"job_id": "job-1", "status": "SUCCESS", "collector_id": "collector-1", **TIMES},
    ),
    "spaceone.api.inventory.v1.JobTask": (
        "cloudforet",
        "1.12.40",
        "spaceone.api.inventory.v1.job_task",
        {
            "job_task_id": "job-task-1",
            "status": "FAILURE",
            "created_count": 1,
            "updated_count": 2,
            "disconnected_count": 5,
            "errors": [{"error_code": "E3", "message": "no", "additional": {"host": "a"}}],
            "job_id": "job-1",
            "secret_id": "secret-1",
            "provider": "aws",
            "service_account_id": "sa-1",
            "project_id": "project-1",
            **TIMES,
        },
    ),
}
RELEASES = sorted({release for _, release, _, _ in SERVICES.values()})
DOMAIN = "domain-1"


@pytest.fixture(scope="module")
def environment(request: pytest.FixtureRequest) -> Path:
    """A folder with an environment of its own, and the published stubs of each release."""

    def install(folder: Path) -> None:
        stubs = ((r, f"spaceone-api=={r}") for r in RELEASES)
        targets = [("--target", str(folder / r), package) for r, package in stubs]
        make_environment(folder, LIBRARIES, *targets)

    return kept(request, "spaceone-api", [LIBRARIES, RELEASES], install)


def adopted(spec: str, environment: Path, folder: Path) -> Path:
    """A copy of a spec with the numbers of the releases that fit it."""
    copy = folder / spec
    shutil.copytree(SPECS / spec, copy)
    (copy / LOCK_FILE).unlink()
    for release in dict.fromkeys(r for s, r, _, _ in SERVICES.values() if s == spec):
        source = environment / release / "spaceone"
        result = CliRunner().invoke(main, ["adopt", str(copy), "--from", str(source)])
        # Findings are expected: pages of several years make no one release.
        assert result.exit_code in (0, 1), result.output
    result = CliRunner().invoke(main, ["build", str(copy), "--out", str(folder / "out")])
    assert result.exit_code == 0, result.output
    return folder / "out" / spec


def rows(spec: str) -> dict[str, list[dict[str, Any]]]:
    """The rows of a spec's services."""
    found = {}
    for name, (owner, _, _, row) in SERVICES.items():
        if owner == spec:
            found[name.rpartition(":")[2]] = [{**row, "domain_id": DOMAIN}]
    return found


@pytest.fixture(scope="module")
def servers(
    environment: Path, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[dict[str, Server]]:
    """A server for each spec, with its rows and the numbers that were adopted."""
    folder = tmp_path_factory.mktemp("adopted")
    started: dict[str, Server] = {}
    try:
        for spec in ("spaceone", "cloudforet"):
            tree = adopted(spec, environment, folder)
            load = write_rows(folder, rows(spec), name=spec)
            started[spec] = Server(tree, folder / f"{spec}.db", load=load)
        yield started
    finally:
        for server in started.values():
            server.stop()


def calls(environment: Path, release: str, address: str, wanted: list[Any]) -> list[dict[str, Any]]:
    """What the stubs of a release make of a server's answers."""
    done = subprocess.run(
        [environment / "venv" / "bin" / "python", CLIENT, address],
        input=json.dumps(wanted),
        capture_output=True,
        text=True,
        timeout=WAIT,
        env={
            "PYTHONPATH": str(environment / release),
            "PROTOCOL_BUFFERS_PYTHON_IMPLEMENTATION": "python",
        },
    )
    assert done.returncode == 0, done.stderr
    answers: list[dict[str, Any]] = json.loads(done.stdout)
    return answers


def plain(row: dict[str, Any]) -> dict[str, Any]:
    """A row with times as both texts and protobuf write them."""
    return {
        key: value.replace(".000Z", "Z") if isinstance(value, str) else value
        for key, value in row.items()
    }


@pytest.mark.parametrize("name", SERVICES)
def test_published_stubs_get_right_answers(
    name: str, servers: dict[str, Server], environment: Path
) -> None:
    spec, release, module, row = SERVICES[name]
    server, service = servers[spec], name.rpartition(".")[2]
    scope = {"domain_id": DOMAIN}
    in_filter = {"filter": [{"k": "job_id", "v": row["job_id"], "o": "eq"}]}
    stage = {"count": {"name": "n"}}
    # At first a query had one stage; a list of one is written alike.
    stat = {"aggregate": stage if release == "1.5.1" else [stage]}
    listed, filtered, nothing, counted = calls(
        environment,
        release,
        server.grpc_address,
        [
            [module, service, "list", scope],
            [module, service, "list", {**scope, "query": in_filter}],
            [module, service, "list", {"domain_id": "domain-2"}],
            [module, service, "stat", {**scope, "query": stat}],
        ],
    )
    expected = {**row, "domain_id": DOMAIN}
    for answer in (listed, filtered):
        assert answer["answer"]["total_count"] == 1
        (got,) = answer["answer"]["results"]
        assert plain(got) == plain(expected)
    assert nothing["answer"] == {}
    assert counted["answer"] == {"results": [{"n": 1}]}, "stat"


@pytest.mark.parametrize("name", SERVICES)
def test_both_sides_write_the_same_bytes(
    name: str, servers: dict[str, Server], environment: Path
) -> None:
    spec, release, module, _ = SERVICES[name]
    server, full_name = servers[spec], name.rpartition(":")[2]
    request = {
        "domain_id": DOMAIN,
        "job_id": "job-1",
        "query": {"page": {"start": 1, "limit": 5}, "sort": {"key": "job_id", "desc": True}},
    }
    (got,) = calls(
        environment,
        release,
        server.grpc_address,
        [[module, full_name.rpartition(".")[2], "list", request]],
    )
    ours = server.request(f"{full_name}.list", request)
    assert ours.SerializeToString(deterministic=True).hex() == got["request_bytes"]
    answer = server.over_grpc(f"{full_name}.list", ours)
    assert answer.SerializeToString(deterministic=True).hex() == got["answer_bytes"]


def test_without_adopting_the_same_calls_go_wrong(environment: Path, tmp_path: Path) -> None:
    for spec in ("spaceone", "cloudforet"):
        tree = build(SPECS / spec, tmp_path / "out")
        load = write_rows(tmp_path, rows(spec), name=spec)
        with Server(tree, tmp_path / f"{spec}.db", load=load) as server:
            for name, (owner, release, module, row) in SERVICES.items():
                if owner == spec:
                    wanted = [[module, name.rpartition(".")[2], "list", {"domain_id": DOMAIN}]]
                    (got,) = calls(environment, release, server.grpc_address, wanted)
                    results = got.get("answer", {}).get("results", [])
                    assert [plain(r) for r in results] != [
                        plain({**row, "domain_id": DOMAIN})
                    ], name
