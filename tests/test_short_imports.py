"""The path of a package in imports is short, and does not depend on more than it must."""

from __future__ import annotations

import pytest

from apiscribe.emit.short_imports import short_paths


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
