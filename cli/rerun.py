"""`convergence runs rerun`: do a run again."""

import click

from cli.installation import Installation
from cli.known_tenants import require_tenant_id
from cli.run import no_such_run, show_started
from shared.domain.errors import RunNotFoundError
from shared.usecases.rerun_run import Configuration, RerunFrom, rerun_run


@click.command("rerun")
@click.argument("tenant_id", metavar="TENANT")
@click.argument("run_id", metavar="RUN_ID")
@click.option(
    "--from",
    "start",
    type=click.Choice(["failed", "start"]),
    default="failed",
    show_default=True,
    help="Where the new run begins: with the steps that didn't succeed, or with the first.",
)
@click.option(
    "--configuration",
    type=click.Choice(["recorded", "current"]),
    default="recorded",
    show_default=True,
    help="What it does: what the run was accepted with, or what the files say now.",
)
@click.option("--follow", "-f", is_flag=True, help="Show the steps until the new run has ended.")
@click.pass_context
def start_rerun(
    ctx: click.Context,
    *,
    tenant_id: str,
    run_id: str,
    start: RerunFrom,
    configuration: Configuration,
    follow: bool,
) -> None:
    """Do a run again that has ended, with its parameters.

    From where it failed, what it has done is kept, and it is done once however often it is asked for; from the start,
    all of it is done again. --configuration current takes the files as they are: what succeeded must be the same there.

    \b
    Examples:
      convergence runs rerun acme_corp_001 019a8b6e-5c40-7000-8000-000000000001 --follow
      convergence runs rerun acme_corp_001 019a8b6e-5c40-7000-8000-000000000001 --configuration current
    """
    installation: Installation = ctx.obj
    require_tenant_id(tenant_id)
    world = installation.world
    try:
        accepted = rerun_run(
            run_id,
            start=start,
            configuration=configuration,
            tenant_id=tenant_id,
            trigger="cli",
            triggered_by=installation.user,
            log=world.log,
            publisher=world.publisher,
            tables=world.tables,
            configs=world.configs,
            clock=world.clock,
        )
    except RunNotFoundError as error:
        raise no_such_run(tenant_id, run_id) from error
    ctx.exit(show_started(accepted.run, follow=follow, installation=installation))
