"""Options of the test run, and the PostgreSQL that its tests share."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path

import pytest
from installations import BUF, install_packages, kept
from postgresql import Postgresql, program, running
from sample_apis import ROWS
from serving import Server, Servers, write_rows
from slow import enter_test
from thorough import register_profiles

register_profiles()


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption(
        "--refresh", action="store_true", help="rewrite the expectations in tests/cases, and fail"
    )


@pytest.hookimpl(tryfirst=True)
def pytest_runtest_setup(item: pytest.Item) -> None:
    enter_test(item)


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


@pytest.fixture(scope="module", params=["sqlite", "postgresql"])
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
