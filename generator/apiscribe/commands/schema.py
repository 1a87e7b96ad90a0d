"""`apiscribe schema`."""

from __future__ import annotations

import click

from apiscribe.workspace.package_data import PACKAGE

NAMES = ("spec", "overlay", "lock", "baseline")


@click.command()
@click.argument("name", type=click.Choice(NAMES))
def schema(name: str) -> None:
    """Print the JSON Schema of spec.toml, overlay.toml, lock.json or drift-baseline.toml.

    Editors use it to complete and check the files; docs/settings.md shows how.
    """
    file = PACKAGE / "model" / "schemas" / f"{name}.schema.json"
    click.echo(file.read_text("utf-8"), nl=False)
