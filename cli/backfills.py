"""`convergence backfills`: look at a backfill, cancel one."""

import json

import click

from cli.backfill_view import build_backfill_view, count_by_status
from cli.installation import Installation
from cli.known_tenants import require_tenant_id
from cli.screen import open_console
from shared.domain.errors import NotFoundError
from shared.usecases.cancel_backfill import cancel_backfill
from shared.usecases.read_backfill import read_backfill


@click.group()
def backfills() -> None:
    """Look at a backfill, cancel one."""


@backfills.command("show")
@click.argument("tenant_id", metavar="TENANT")
@click.argument("backfill_id", metavar="BACKFILL_ID")
@click.option("--json", "as_json", is_flag=True, help="Print what the API answers.")
@click.pass_obj
def show_backfill(installation: Installation, tenant_id: str, backfill_id: str, *, as_json: bool) -> None:
    """Show a backfill: the run of every chunk, and the sums of their figures."""
    require_tenant_id(tenant_id)
    try:
        found = read_backfill(backfill_id, tenant_id=tenant_id, log=installation.world.log)
    except NotFoundError as error:
        raise _no_such_backfill(tenant_id, backfill_id) from error
    if as_json:
        # Not at the top: the API's answers are flask's neighbours, which take a moment to import.
        from shared.web.backfill_views import backfill_json

        click.echo(json.dumps(backfill_json(found), indent=2, ensure_ascii=False))
        return
    console = open_console()
    for part in build_backfill_view(found):
        console.print(part)


@backfills.command("cancel")
@click.argument("tenant_id", metavar="TENANT")
@click.argument("backfill_id", metavar="BACKFILL_ID")
@click.pass_obj
def stop_backfill(installation: Installation, tenant_id: str, backfill_id: str) -> None:
    """Cancel a backfill: all its runs that have not ended, and their jobs.

    Cancelling it again changes nothing; a backfill that has ended otherwise can't be cancelled.
    """
    require_tenant_id(tenant_id)
    world = installation.world
    try:
        cancelled = cancel_backfill(
            backfill_id,
            tenant_id=tenant_id,
            cancelled_by=installation.user,
            log=world.log,
            publisher=world.publisher,
            clock=world.clock,
        )
    except NotFoundError as error:
        raise _no_such_backfill(tenant_id, backfill_id) from error
    click.echo(f"{cancelled.backfill_id}  {cancelled.status}: {count_by_status(cancelled)}")


def _no_such_backfill(tenant_id: str, backfill_id: str) -> NotFoundError:
    return NotFoundError(
        f"Tenant {tenant_id} has no backfill {backfill_id}. "
        f"Its runs say which they are of: convergence runs list {tenant_id} --json"
    )
