"""`convergence cursors`: how far the sources of a pipeline are read that go on from run to run."""

import dataclasses
import json

import click

from cli.address import distinct_parameters, parameters_option, parse_address
from cli.installation import Installation
from cli.known_pipelines import not_found
from cli.known_tenants import require_onboarded
from cli.screen import build_table, open_console
from shared.domain.errors import PipelineNotFoundError
from shared.domain.pipeline import Address
from shared.usecases.list_cursors import list_cursors


@click.command()
@click.argument("address", metavar="TENANT/PROVIDER/DOMAIN/PIPELINE", type=parse_address)
@parameters_option()
@click.option("--json", "as_json", is_flag=True, help="Print the cursors as JSON.")
@click.pass_obj
def cursors(
    installation: Installation, *, address: Address, parameters: tuple[tuple[str, str], ...], as_json: bool
) -> None:
    """List how far sources with `incremental` are read.

    The next run begins at that value, less the source's `lag`; at its `initial_value` where there is none yet.

    \b
    Examples:
      convergence cursors acme_corp_001/shop/orders/daily
      convergence cursors acme_corp_001/shop/orders/daily --json
    """
    world = installation.world
    require_onboarded(address.tenant_id, tables=world.tables, configs=world.configs)
    try:
        found = list_cursors(
            address,
            distinct_parameters(parameters),
            configs=world.configs,
            log=world.log,
            warehouse=world.warehouse,
            clock=world.clock,
        )
    except PipelineNotFoundError as error:
        raise not_found(error, address, installation=installation) from error
    if as_json:
        click.echo(json.dumps([dataclasses.asdict(each) for each in found], indent=2, ensure_ascii=False))
        return
    rows = [
        (each.step_id, each.source, "nothing yet" if each.value is None else str(each.value))
        for each in found
    ]
    open_console().print(build_table(("step", "source", "read up to"), rows))
