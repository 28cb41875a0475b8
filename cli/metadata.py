"""`convergence init`: the metadata that every installation has."""

import click

from shared.settings import read_settings
from shared.wiring import set_up_metadata


@click.command()
def init() -> None:
    """Create or verify the metadata dataset, its tables and its views, and prove that the log can be written and read.

    May be run again at any time: it adds columns that are missing and refuses whatever would destroy data. Where the
    table of events is new, this takes a minute or more: BigQuery may refuse or lose what is written to it at first.
    """
    for line in set_up_metadata(read_settings()):
        click.echo(line)
