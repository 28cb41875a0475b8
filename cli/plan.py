"""`convergence plan`: what a run would do."""

import json

import click

from cli.address import distinct_parameters, parameters_option, parse_address
from cli.installation import Installation
from cli.known_pipelines import not_found
from cli.known_tenants import require_onboarded
from cli.plan_view import preview_lines
from shared.domain.errors import PipelineNotFoundError
from shared.domain.pipeline import Address
from shared.usecases.preview_run import preview_run
from shared.web.preview_views import run_preview_json


@click.command()
@click.argument("address", metavar="TENANT/PROVIDER/DOMAIN/PIPELINE", type=parse_address)
@parameters_option()
@click.option("--json", "as_json", is_flag=True, help="Print it as JSON, as the API answers it.")
@click.pass_context
def plan(
    ctx: click.Context, *, address: Address, parameters: tuple[tuple[str, str], ...], as_json: bool
) -> None:
    """Show what a run would do, step by step, and start none.

    Each step with its SQL, its parameters, the tables that it reads and writes, what BigQuery's dry run says that it
    would read, and what that costs; what the tenant's limits say; and what differs from the last run. The exit status
    is 1 where the run would be refused or would fail, as far as that can be known.

    \b
    Examples:
      convergence plan acme_corp_001/gcp/cost/export
      convergence plan acme_corp_001/gcp/cost/export --param date_range=2025-11-01/2025-11-07 --json
    """
    installation: Installation = ctx.obj
    world = installation.world
    require_onboarded(address.tenant_id, tables=world.tables, configs=world.configs)
    try:
        preview = preview_run(
            address,
            distinct_parameters(parameters),
            log=world.log,
            warehouse=world.warehouse,
            tables=world.tables,
            configs=world.configs,
            clock=world.clock,
        )
    except PipelineNotFoundError as error:
        raise not_found(error, address, installation=installation) from error
    if as_json:
        click.echo(json.dumps(run_preview_json(preview), indent=2, ensure_ascii=False))
    else:
        click.echo("\n".join(preview_lines(preview)))
    ctx.exit(1 if preview.problems else 0)
