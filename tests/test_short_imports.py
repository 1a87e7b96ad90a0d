"""The path of a package in imports is short, and does not depend on more than it must."""

from __future__ import annotations

import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from apiscribe.emit.short_imports import short_paths

SAMPLES = sorted((Path(__file__).parent.parent / "generated").iterdir())
# Imports each module of a package, and prints how many.
IMPORT_ALL = """
import importlib, pkgutil, sys
package = importlib.import_module(sys.argv[1])
names = [found.name for found in pkgutil.walk_packages(package.__path__, package.__name__ + ".")]
print(len([importlib.import_module(name) for name in names if not name.endswith(".__main__")]))
"""


@pytest.mark.parametrize(
    ("api", "packages", "paths"),
    [
        ("shop", {"acme.api.shop.v1", "acme.api.core.v1"}, ["core.v1", "v1"]),
        ("acme", {"acme.api.shop.v1", "acme.api.core.v1"}, ["core.v1", "shop.v1"]),
        ("acme", {"acme.shop.v1", "acme.shop.v2"}, ["shop.v1", "shop.v2"]),
        ("acme", {"acme.shop.v1"}, ["shop.v1"]),
        ("shop", {"shop.v1"}, ["v1"]),
        ("shop", {"shop"}, ["shop"]),
        ("acme", {"acme", "acme.shop.v1"}, ["acme", "shop.v1"]),
        ("acme", {"shop.v1", "books.v1"}, ["books.v1", "shop.v1"]),
        ("acme", {"acme.models", "acme.class"}, ["class_", "models_"]),
        # Without the name of the API, both would be v1.
        ("shop", {"acme.shop.v1", "acme.v1"}, ["acme.shop.v1", "acme.v1"]),
    ],
)
def test_what_packages_share_is_left_out(api: str, packages: set[str], paths: list[str]) -> None:
    chosen = short_paths(api, packages)
    assert [".".join(chosen[package]) for package in sorted(packages)] == paths


@pytest.mark.parametrize("sample", SAMPLES, ids=lambda folder: folder.name)
def test_a_package_works_inside_another(sample: Path, tmp_path: Path) -> None:
    shutil.copytree(sample / sample.name, tmp_path / "shop" / "apis" / sample.name)
    command = [sys.executable, "-c", IMPORT_ALL, f"shop.apis.{sample.name}"]
    done = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    assert int(done.stdout) > 10
