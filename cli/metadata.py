"""`convergence init`: the metadata that every installation has."""

import click

from shared.settings import read_settings
from shared.wiring import set_up_metadata


@click.command()
def init() -> None:
    """Create or verify the metadata dataset, its tables and its views.

    May be run again at any time: it adds columns that are missing and refuses whatever would destroy data.
    """
    for line in set_up_metadata(read_settings()):
        click.echo(line)
