"""`convergence schema`: what an editor needs to complete and check the YAML files as they are typed."""

import json
from pathlib import Path

import click

from cli.installation import Installation
from cli.screen import plural
from shared.config.json_schema import KINDS, json_schema

FOLDER = ".schemas"
"""In the folder of configurations. What begins with a dot is nobody's: no tenant, not hashed, not deployed."""


@click.command()
@click.argument("kind", type=click.Choice(tuple(KINDS)), required=False)
@click.option(
    "--to",
    type=click.Path(file_okay=False, path_type=Path),
    help=f"The folder to write to; {FOLDER} in the folder of configurations, if not said.",
)
@click.pass_obj
def schema(installation: Installation, *, kind: str | None, to: Path | None) -> None:
    """Write the JSON Schemas of all kinds of files for editors, or print that of one kind.

    Every kind of file has one: tenants, pipelines, templates, sources, rules, tables and tests. docs/editors.md says
    how editors find them.

    \b
    Examples:
      convergence schema
      convergence schema --to ../schemas
      convergence schema pipeline
    """
    if kind is not None:
        click.echo(schema_text(kind), nl=False)
        return
    folder = to or installation.configs_dir / FOLDER
    folder.mkdir(parents=True, exist_ok=True)
    for each in KINDS:
        (folder / f"{each}.json").write_text(schema_text(each), encoding="utf-8")
    click.echo(f"Wrote {plural(len(KINDS), 'schema')} to {folder}")


def schema_text(kind: str) -> str:
    """The file's text."""
    return json.dumps(json_schema(kind), indent=2, ensure_ascii=False) + "\n"
