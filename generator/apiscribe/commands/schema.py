"""`apiscribe schema`."""

from __future__ import annotations

from typing import Any

import click

from apiscribe.workspace.package_data import PACKAGE

NAMES = ("spec", "overlay", "lock", "baseline")


class _Name(click.Choice[str]):
    """The name of a schema; also that of its file, such as spec.toml."""

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> str:
        stem = str(value).removesuffix(".toml").removesuffix(".json")
        return super().convert(stem.removeprefix("drift-"), param, ctx)


@click.command()
@click.argument("name", type=_Name(NAMES))
def schema(name: str) -> None:
    """Print the JSON Schema of spec.toml, overlay.toml, lock.json or drift-baseline.toml.

    Editors use it to complete and check the files; docs/settings.md shows how.
    """
    file = PACKAGE / "model" / "schemas" / f"{name}.schema.json"
    click.echo(file.read_text("utf-8"), nl=False)
