"""A project that `apiscribe new` makes: it passes its tests, is extended, and outlives its pages."""

from __future__ import annotations

import json
import os
import re
import shlex
import shutil
import signal
import subprocess
import sys
import tomllib
import urllib.request
from contextlib import chdir
from pathlib import Path
from typing import Any

import grpc
import httpx
import pytest
from click.testing import Result
from command_line import run
from serving import WAIT, Server, write_rows, write_spec
from shop_api import SHOP, SHOP_ROWS, shop_to_proto

from apiscribe.sources.compilation import compile_folder

ROOT = Path(__file__).parent.parent
SPECS = ROOT / "specs"
ORDER = "shop.v1.Order"
CANCEL = {"order_id": "order-1", "refund": {"coverage": "Ada"}}

WRITTEN = """
    if request.until is not None:
        raise invalid_parameter("until", "orders are cancelled at once")
    row = await rows.get({"order_id": request.order_id})
    return OrderInfo.model_validate({**row, "from": request.refund.coverage})
"""


def apiscribe(folder: Path, *arguments: str) -> Result:
    with chdir(folder):
        return run(*arguments)


def run_new(folder: Path, *specs: Path) -> Result:
    options = [word for spec in specs for word in ("--spec", str(spec))]
    return run("new", str(folder), *options)


def files(folder: Path) -> dict[str, bytes]:
    found = (file for file in folder.rglob("*") if file.is_file())
    return {file.relative_to(folder).as_posix(): file.read_bytes() for file in found}


def passes(project: Path, *command: str) -> str:
    """What a tool says of a project that it finds nothing wrong with."""
    done = subprocess.run(
        [sys.executable, "-m", *command], cwd=project, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


@pytest.fixture(scope="module")
def shop_spec(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write_spec(tmp_path_factory.mktemp("specs") / "shop", SHOP)


@pytest.fixture(scope="module")
def project(shop_spec: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A project of one API, as it was made; it is not to be changed."""
    folder = tmp_path_factory.mktemp("projects") / "shop-service"
    result = apiscribe(folder.parent, "new", folder.name, "--spec", str(shop_spec))
    assert result.exit_code == 0, result.stderr
    return folder


def serve(project: Path, store: Path, **options: Any) -> Server:
    """The project's own server, as `make serve` starts it."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("PYTHONPATH", str(project))
        return Server(
            project / "generated" / "shop",
            store,
            to_proto=shop_to_proto,
            handlers="handlers.shop",
            **options,
        )


@pytest.fixture
def mypy_cache(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    """Let mypy keep what the libraries declare from one project and run to the next."""
    assert request.config.cache is not None
    monkeypatch.setenv("MYPY_CACHE_DIR", str(request.config.cache.mkdir("mypy-projects")))


@pytest.mark.slow
@pytest.mark.usefixtures("mypy_cache")
def test_a_project_goes_from_an_empty_folder_through_changed_pages(
    project: Path, tmp_path: Path
) -> None:
    mine = tmp_path / "mine"
    shutil.copytree(project, mine)
    assert re.search(r"^\d+ passed", passes(mine, "pytest"), re.MULTILINE)
    rows = write_rows(tmp_path, SHOP_ROWS)

    # A stub changes nothing; then somebody writes it.
    with serve(mine, tmp_path / "one.db", load=rows) as server:
        assert server.refusal(f"{ORDER}.cancel", CANCEL).status is grpc.StatusCode.UNIMPLEMENTED
    order = mine / "handlers" / "shop" / "order.py"
    stub = "    # Not written yet: the method is UNIMPLEMENTED.\n    return await call.default(request)\n"
    text = order.read_text("utf-8")
    assert text.count(stub) == 1
    text = text.replace(stub, WRITTEN.lstrip("\n")).replace(
        "from apiscribe_runtime.handlers",
        "from apiscribe_runtime.errors import invalid_parameter\nfrom apiscribe_runtime.handlers",
    )
    order.write_text(text, "utf-8")
    answer = {**SHOP_ROWS["Order"][0], "from": "Ada"}
    with serve(mine, tmp_path / "two.db", load=rows) as server:
        assert server.ask(f"{ORDER}.cancel", CANCEL) == answer
        late = {**CANCEL, "until": "2024-01-01T00:00:00.000Z"}
        refusal = server.refusal(f"{ORDER}.cancel", late)
        assert (refusal.code, refusal.http) == ("ERROR_INVALID_PARAMETER", 400)

    # The pages gain a method, and fields.
    page = mine / "specs" / "shop" / "pages" / "order.md"
    pages = page.read_text("utf-8")
    more = pages.replace("| delete |", "| refund | OrderRequest | OrderInfo |\n| delete |")
    more = more.replace(
        "### cancel\n", "### refund\n> **PUT** /shop/v1/order/{order_id}/refund\n\n### cancel\n"
    )
    page.write_text(
        more.replace("| amount | double | ❌ |", "| amount | double | ❌ |\n| why | string | ❌ |"),
        "utf-8",
    )
    result = apiscribe(mine, "build")
    assert result.exit_code == 0, result.stderr
    assert "handlers/shop/order_refund.py: added\n" in result.stdout
    assert order.read_text("utf-8") == text
    passes(mine, "mypy")
    with serve(mine, tmp_path / "two.db") as server:
        why = {"order_id": "order-1", "refund": {"coverage": "Ada", "why": "late"}}
        assert server.ask(f"{ORDER}.cancel", why) == answer, "the handler stands, and the row"
        refusal = server.refusal(f"{ORDER}.refund", {"order_id": "order-1"})
        assert '@implements("shop.v1.Order.refund")' in refusal.message

    serves = [sys.executable, "-m", "apiscribe", "serve", "specs/shop", "--grpc-port", "0"]
    serves += ["--http-port", "0", "--store", f"sqlite:///{tmp_path / 'two.db'}"]
    with subprocess.Popen(serves, cwd=mine, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        url = [process.stdout.readline() for _ in range(2)][1].split()[1]
        body = {"refund": {"coverage": "Bo"}}
        answered = httpx.put(f"{url}/shop/v1/order/order-1/cancel", json=body, timeout=WAIT)
        process.terminate()
    assert answered.json()["from"] == "Bo", "the pages as they are now, with the handlers"

    # The pages lose the method that somebody wrote a handler for.
    before = files(mine / "generated"), files(mine / "handlers")
    page.write_text(more.replace("cancel", "revoke"), "utf-8")
    result = apiscribe(mine, "build")
    assert result.exit_code == 1
    line = text.splitlines().index('@implements("shop.v1.Order.cancel")') + 1
    place = f"handlers/shop/order.py:{line}:14: error: orphaned-handler: "
    assert f"{place}shop.v1.Order.cancel is not declared on any page (was it " in result.stderr
    assert (files(mine / "generated"), files(mine / "handlers")) == before


def test_a_new_project_equals_the_output_of_build(project: Path) -> None:
    result = apiscribe(project, "build", "--check")
    assert result.exit_code == 0, result.stdout
    assert (
        result.stdout
        == f"generated/shop: 0 differ, {len(files(project / 'generated'))} up to date\n"
    )
    assert files(project / "specs" / "shop" / "pages") == {
        path.removeprefix("pages/"): text.encode()
        for path, text in SHOP.items()
        if path.startswith("pages/")
    }


@pytest.mark.slow
@pytest.mark.usefixtures("mypy_cache")
def test_several_apis_are_one_project_that_passes_all_checks(tmp_path: Path) -> None:
    folder, again = tmp_path / "both", tmp_path / "again"
    folder.mkdir()
    for each in (folder, again):
        assert run_new(each, SPECS / "spaceone", SPECS / "cloudforet").exit_code == 0
    assert files(again) == files(folder)
    assert not [path for path, text in files(folder).items() if str(tmp_path).encode() in text]
    passes(folder, "ruff", "check", ".")
    passes(folder, "black", "--check", ".")
    passes(folder, "mypy")
    passes(folder, "pytest")


def test_the_project_installs_the_requirements_of_its_server(project: Path) -> None:
    settings = tomllib.loads((project / "pyproject.toml").read_text("utf-8"))
    file = project / "generated" / "shop" / "requirements.txt"
    notice, *required = file.read_text("utf-8").splitlines()
    assert notice.startswith("# ")
    assert settings["project"]["dependencies"] == required
    wheel = settings["tool"]["hatch"]["build"]["targets"]["wheel"]["packages"]
    assert all((project / package / "__init__.py").is_file() for package in wheel)


@pytest.mark.slow
def test_the_container_starts_its_server_for_callers_with_a_token(
    project: Path, tmp_path: Path
) -> None:
    """What the Dockerfile states, run here; the addresses alone are those of a test."""
    dockerfile = (project / "Dockerfile").read_text("utf-8").replace("\\\n", " ")
    instructions = dict(
        line.split(" ", 1) for line in dockerfile.splitlines() if line[:1].isupper()
    )
    assert instructions["USER"] == "10001"
    stated = dict(word.split("=", 1) for word in shlex.split(instructions["ENV"]))
    assert stated["SERVE_HOST"] == "0.0.0.0"
    entry = json.loads(instructions["ENTRYPOINT"]) + json.loads(instructions["CMD"])
    assert entry[0] == "python"
    command = [sys.executable, *entry[1:], "--grpc-port", "0", "--http-port", "0"]
    tokens = tmp_path / "tokens.json"
    environment = {
        **os.environ,
        **stated,
        "SERVE_HOST": "127.0.0.1",
        "SERVE_TOKENS": str(tokens),
        "PYTHONPATH": os.pathsep.join([str(project), str(project / "generated" / "shop")]),
    }

    def start() -> subprocess.Popen[str]:
        pipe = subprocess.PIPE
        return subprocess.Popen(
            command, cwd=tmp_path, env=environment, stdout=pipe, stderr=pipe, text=True
        )

    _, said = start().communicate(timeout=WAIT)
    assert said.startswith("cannot serve: ")
    assert str(tokens) in said

    tokens.write_text('{"of-ada": "ada"}', "utf-8")
    server = start()
    assert server.stdout is not None
    try:
        url = [server.stdout.readline() for _ in range(2)][1].split()[1]
        check = instructions["HEALTHCHECK"].partition("CMD ")[2]
        _, *program = json.loads(check.replace("http://127.0.0.1:8080", url))
        subprocess.run([sys.executable, *program], check=True, timeout=WAIT)
        request = urllib.request.Request(
            f"{url}/shop/v1/orders", headers={"authorization": "Bearer of-ada"}
        )
        with urllib.request.urlopen(request, timeout=WAIT) as answer:
            assert json.load(answer)["results"] == []
    finally:
        server.send_signal(signal.SIGTERM)
        server.communicate(timeout=WAIT)
    assert server.returncode == 0


# --- what is refused


def test_a_folder_that_is_not_empty_is_left_alone(shop_spec: Path, tmp_path: Path) -> None:
    (tmp_path / "notes.txt").write_text("mine", "utf-8")
    (tmp_path / "zebra").mkdir()
    result = run_new(tmp_path, shop_spec)
    assert result.exit_code == 2
    assert result.stderr == (
        f"Error: {tmp_path} is not empty: it holds 'notes.txt' and 1 more; choose a new folder\n"
    )
    assert files(tmp_path) == {"notes.txt": b"mine"}
    result = run_new(tmp_path / "notes.txt", shop_spec)
    assert (result.exit_code, result.stderr) == (
        2,
        f"Error: {tmp_path / 'notes.txt'} is a file; choose a new folder\n",
    )


def test_a_project_does_not_lie_among_the_pages_that_it_copies(tmp_path: Path) -> None:
    spec = write_spec(tmp_path / "shop", SHOP)
    result = run_new(spec / "service", spec)
    assert result.exit_code == 2
    assert (
        result.stderr
        == f"Error: {spec / 'service'} is inside the spec {spec}; choose a folder outside it\n"
    )
    assert not (spec / "service").exists()


def test_pages_with_errors_make_no_project(tmp_path: Path) -> None:
    spec = write_spec(
        tmp_path / "bad", {"pages/a.md": "# A\n\n## Message\n\n### B\n| Field |\n| --- |\n| c |\n"}
    )
    result = run_new(tmp_path / "new", spec)
    assert result.exit_code == 1
    assert "nothing was written" in result.stderr
    assert not (tmp_path / "new").exists()


@pytest.mark.parametrize("name", ["handlers", "serving"])
def test_an_api_that_would_hide_a_module_of_the_project_is_refused(
    name: str, tmp_path: Path
) -> None:
    spec = write_spec(
        tmp_path / "spec",
        {**SHOP, "spec.toml": f'name = "{name}"\nuses = ["spaceone.api.core.v1"]\n'},
    )
    result = run_new(tmp_path / "new", spec)
    assert result.exit_code == 2
    assert f"the API {name} has the name of a module of the project; set another" in result.stderr
    assert not (tmp_path / "new").exists()


def test_a_project_is_made_whole_or_not_at_all(
    shop_spec: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    rename = os.rename

    def full(source: Any, target: Any) -> None:
        if Path(target) == tmp_path / "new" / "specs":
            raise OSError(28, "No space left on device")
        rename(source, target)

    monkeypatch.setattr(os, "rename", full)
    result = run_new(tmp_path / "new", shop_spec)
    assert result.exit_code == 2
    assert "No space left" in result.stderr
    assert not (tmp_path / "new").exists()
    (tmp_path / "new").mkdir()
    assert run_new(tmp_path / "new", shop_spec).exit_code == 2
    assert list((tmp_path / "new").iterdir()) == []


# --- the copy of a spec


def test_a_folder_of_pages_becomes_a_spec(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    page = SHOP["pages/order.md"]
    bare = write_spec(
        tmp_path / "Old $(shop)!", {"v1/order.md": page, "v1/query.md": SHOP["pages/query.md"]}
    )
    spec = write_spec(tmp_path / "full", {**SHOP, "overlay.toml": ""})
    assert run_new(tmp_path / "new", bare, spec).exit_code == 0
    made = files(tmp_path / "new" / "specs" / "old_shop")
    assert made.keys() == {"lock.json", "spec.toml", "pages/v1/order.md", "pages/v1/query.md"}
    assert made["spec.toml"].decode() == (
        'name = "old_shop"\nvendor_runtime = true\nhandlers = "../../handlers/old_shop"\n'
    )
    assert (tmp_path / "new" / "handlers" / "old_shop" / "order.py").is_file()


def test_references_come_along(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    proto = (
        'syntax = "proto3";\npackage shop.v1;\nmessage OrderInfo { repeated string labels = 1; }\n'
    )
    write_spec(tmp_path / "published", {"shop/v1/order.proto": proto, "notes.txt": "no"})
    write_spec(tmp_path / "older" / "shop", SHOP)
    settings = f'{SHOP["spec.toml"]}references = ["../published", "../older/shop"]\n[numbers]\nblock = 10\n'
    spec = write_spec(tmp_path / "spec", {**SHOP, "spec.toml": settings})
    result = run_new(tmp_path / "new", spec)
    assert result.exit_code == 0, result.stderr
    copy = tmp_path / "new" / "specs" / "shop"
    entries = tomllib.loads((copy / "spec.toml").read_text("utf-8"))
    assert entries["references"] == ["../../references/published", "../../references/shop"]
    assert entries["numbers"] == {"block": 10}
    assert files(tmp_path / "new" / "references").keys() == {
        "published/shop/v1/order.proto",
        *(f"shop/{path}" for path in SHOP),
    }
    assert compile_folder(copy).api == compile_folder(spec).api


def test_a_name_of_an_api_is_harmless_wherever_it_goes(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    hostile = '$(touch x)\\"; rm -rf ..\\n{{ 7 * 7 }} class'
    text = f'name = "{hostile}"\nuses = ["spaceone.api.core.v1"]\n'
    spec = write_spec(tmp_path / "spec", {**SHOP, "spec.toml": text})
    result = run_new(tmp_path / "new", spec)
    assert result.exit_code == 0, result.stderr
    found = files(tmp_path / "new")
    (name,) = {path.split("/")[1] for path in found if path.startswith("generated/")}
    assert re.fullmatch(r"\w+", name, re.ASCII)
    copied = f"specs/{name}/spec.toml"
    assert not [path for path, text in found.items() if b"touch x" in text and path != copied]
    assert tomllib.loads(found["pyproject.toml"].decode())["project"]["name"].endswith("-service")
