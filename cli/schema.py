"""`convergence schema`: what an editor needs to complete and check the YAML files as they are typed."""

import json

import click

from shared.config.json_schema import KINDS, json_schema


@click.command()
@click.argument("kind", type=click.Choice(KINDS))
def schema(kind: str) -> None:
    """Print the JSON Schema of a kind of file.

    Editors with a YAML language server take it from a comment in the file's first line.

    \b
    Examples:
      convergence schema pipeline > pipeline.schema.json
      # yaml-language-server: $schema=pipeline.schema.json
    """
    click.echo(json.dumps(json_schema(kind), indent=2))
