"""Options of the test run, and the PostgreSQL that its tests share."""

from __future__ import annotations

import os
import shutil
import signal
import sys
import tempfile
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path

import pytest
from depot_api import ROWS as DEPOT_ROWS
from depot_api import build_depot
from installations import BUF, install_packages, kept
from postgresql import Postgresql, program, running
from protoc_here import protoc_here
from sample_apis import ROWS
from serving import STORES, WAIT, Server, Servers, delete_rows, write_rows, write_spec
from slow import enter_test
from source_samples import PART
from source_samples import SHOP as SHOP_PROTO
from thorough import register_profiles
from yard_api import serve_yard

register_profiles()


def keep_temporary_files_in_memory() -> None:
    """Make /dev/shm the folder of temporary files, unless TMPDIR says otherwise.

    Removing a folder from a disk takes longer than most tests. Containers often have a small
    /dev/shm, and some systems let no program run from it, which environments of tests need.
    """
    memory = Path("/dev/shm")
    if "TMPDIR" in os.environ or not (memory.is_dir() and os.access(memory, os.W_OK)):
        return
    if os.statvfs(memory).f_flag & os.ST_NOEXEC:
        return
    if shutil.disk_usage(memory).free >= 4 * 2**30:
        # The environment is for processes that are started, `tempfile` for this one.
        os.environ["TMPDIR"] = tempfile.tempdir = str(memory)


keep_temporary_files_in_memory()


def keep_compiled_modules() -> None:
    """Let tests and the commands that they start write __pycache__, where the environment forbids it.

    Without it, hundreds of processes compile the same modules: half of the time of a command.
    """
    os.environ.pop("PYTHONDONTWRITEBYTECODE", None)
    sys.dont_write_bytecode = False


keep_compiled_modules()


def receive_interrupts() -> None:
    """Let the commands that tests start receive Ctrl-C, which `nohup make test &` has them ignore."""
    signal.signal(signal.SIGINT, signal.default_int_handler)


receive_interrupts()

# The modules that take longest begin first: one that began last would keep one worker waiting for it.
LONGEST = (
    "test_readme.py",
    "test_running.py",
    "test_new.py",
    "test_spacectl.py",
    "test_wheel.py",
    "test_query_costs.py",
    "test_cases.py",
    "test_authentication.py",
    "test_life.py",
    "test_slow_clients.py",
    "test_query_limits.py",
    "test_hostile.py",
    "test_transports_agree.py",
    "test_hostile_names.py",
    "test_every_method.py",
    "test_published_clients.py",
    "test_robust.py",
    "test_output_tree.py",
    "test_convert.py",
    "test_stores.py",
    "test_openapi_output.py",
    "test_query_oracle.py",
)
assert all((Path(__file__).parent / name).exists() for name in LONGEST)


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption(
        "--refresh", action="store_true", help="rewrite the expectations in tests/cases, and fail"
    )


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    places = {name: place for place, name in enumerate(LONGEST)}
    items.sort(key=lambda item: places.get(item.path.name, len(places)))


@pytest.hookimpl(tryfirst=True)
def pytest_runtest_setup(item: pytest.Item) -> None:
    enter_test(item)


@pytest.fixture(scope="session", autouse=True)
def quick_protoc() -> Iterator[None]:
    with protoc_here():
        yield


@pytest.fixture(scope="session")
def postgresql() -> Iterator[Postgresql]:
    if program("initdb") is None:
        pytest.skip("needs PostgreSQL (initdb)")
    with running() as server:
        yield server


@pytest.fixture(scope="session")
def node_modules(request: pytest.FixtureRequest) -> Path:
    """The folder of buf and the gRPC client of Node, which npm has installed."""
    packages = (BUF, "@grpc/grpc-js@1.14.7", "@grpc/proto-loader@0.8.1")
    install = partial(install_packages, packages=packages)
    return kept(request, "npm", packages, install) / "node_modules"


@pytest.fixture(scope="module", params=STORES)
def store(request: pytest.FixtureRequest) -> str:
    """The name of the database that the servers of a test keep their rows in."""
    return str(request.param)


@pytest.fixture(scope="module")
def new_store(
    store: str, request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Callable[[], Path | str]:
    """Gives an empty store of that database, as a server takes it."""
    if store == "sqlite":
        return lambda: tmp_path_factory.mktemp("store") / "depot.db"
    server: Postgresql = request.getfixturevalue("postgresql")
    return server.new_database


@pytest.fixture(scope="session")
def depot_tree(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return build_depot(tmp_path_factory.mktemp("depot"))


@pytest.fixture(scope="module")
def depot(depot_tree: Path, new_store: Callable[[], Path | str]) -> Iterator[Server]:
    rows = write_rows(depot_tree.parent, {"Thing": DEPOT_ROWS})
    with Server(depot_tree, new_store(), load=rows, timeout=WAIT) as server:
        yield server


@pytest.fixture(scope="module")
def unfilled_depot(
    depot_tree: Path, new_store: Callable[[], Path | str]
) -> Iterator[tuple[Server, Path | str]]:
    store = new_store()
    with Server(depot_tree, store) as server:
        yield server, store


@pytest.fixture
def empty(unfilled_depot: tuple[Server, Path | str]) -> Iterator[Server]:
    """A server without rows; those that a test stores are deleted after it."""
    server, store = unfilled_depot
    yield server
    delete_rows(store)


@pytest.fixture
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An empty folder; it is the current folder."""
    monkeypatch.chdir(tmp_path)
    return tmp_path


@pytest.fixture
def protos(tmp_path: Path) -> Path:
    return write_spec(tmp_path / "protos", {"shop/shop.proto": SHOP_PROTO, "shop/part.proto": PART})


@pytest.fixture(scope="module")
def yard(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    with serve_yard(tmp_path_factory.mktemp("yard")) as server:
        yield server


@pytest.fixture(scope="session")
def servers(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Servers]:
    """Servers of the sample APIs with ROWS, for tests that change none of them."""
    folder = tmp_path_factory.mktemp("servers")
    with Servers(folder) as servers:
        for api, rows in ROWS.items():
            servers.start(api, load=write_rows(folder, rows, api))
        yield servers


@pytest.fixture(scope="session")
def cloudforet(servers: Servers) -> Server:
    return servers["cloudforet"]


@pytest.fixture(scope="session")
def shop(servers: Servers) -> Server:
    return servers["shop"]
