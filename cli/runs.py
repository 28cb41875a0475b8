"""`convergence runs`: the history of a tenant's runs."""

import json
import re
from datetime import UTC, datetime, timedelta

import click
from pydantic import JsonValue

from cli.address import parse_pipeline_id
from cli.installation import Installation
from cli.known_tenants import require_onboarded, require_tenant_id
from cli.rerun import start_rerun
from cli.run import no_such_run
from cli.run_view import build_run_view, build_runs
from cli.screen import open_console, plural
from shared.domain.errors import NotFoundError
from shared.domain.run import RUN_STATUSES, RunStatus
from shared.domain.run_list import LISTED_DAYS, RunPage, RunQuery, since_when
from shared.usecases.cancel_run import cancel_run
from shared.usecases.read_runs import read_run

_MOST_RUNS = 500
_DATE_LENGTH = len("2025-11-01")


@click.group()
def runs() -> None:
    """List runs, look at one, cancel one, do one again."""


def parse_since(text: str, *, now: datetime) -> datetime:
    """`24h` or `7d` ago, a UTC day, or a time with its zone. Raises BadParameter."""
    ago = re.fullmatch(r"(\d{1,5})([hd])", text)
    if ago is not None:
        return now - timedelta(hours=int(ago[1]) * (24 if ago[2] == "d" else 1))
    try:
        moment = datetime.fromisoformat(text)
    except ValueError as error:
        raise _bad_since(text) from error
    if len(text) == _DATE_LENGTH:
        return moment.replace(tzinfo=UTC)
    if moment.tzinfo is None:
        raise _bad_since(text)
    return moment


def _bad_since(text: str) -> click.BadParameter:
    return click.BadParameter(
        f"'{text}' is not a time such as 24h, 7d, 2025-11-15 or 2025-11-15T10:30:45Z", param_hint="--since"
    )


@runs.command("list")
@click.argument("tenant_id", metavar="TENANT")
@click.option("--status", type=click.Choice(RUN_STATUSES, case_sensitive=False))
@click.option("--pipeline", metavar="PROVIDER/DOMAIN/PIPELINE", help="Only runs of this pipeline.")
@click.option(
    "--since",
    metavar="TIME",
    help=f"E.g. 24h, 7d, 2025-11-15 or 2025-11-15T10:30:45Z. [default: {LISTED_DAYS}d]",
)
@click.option("--limit", type=click.IntRange(1, _MOST_RUNS), default=20, show_default=True)
@click.option("--json", "as_json", is_flag=True, help="Print what the API answers.")
@click.pass_obj
def list_runs(
    installation: Installation,
    *,
    tenant_id: str,
    status: RunStatus | None,
    pipeline: str | None,
    since: str | None,
    limit: int,
    as_json: bool,
) -> None:
    """List a tenant's runs, newest first.

    \b
    Examples:
      convergence runs list acme_corp_001
      convergence runs list acme_corp_001 --status failed --pipeline gcp/cost/export --since 7d
    """
    require_tenant_id(tenant_id)
    pipeline_id = parse_pipeline_id(tenant_id, pipeline) if pipeline else None
    world = installation.world
    require_onboarded(tenant_id, tables=world.tables, configs=world.configs)
    now = world.clock.now()
    query = RunQuery(
        tenant_id=tenant_id,
        status=status,
        pipeline_id=pipeline_id,
        since=parse_since(since, now=now) if since else since_when(None, now=now),
        limit=limit,
    )
    page = world.log.list_runs(query)
    if as_json:
        # Not at the top: the API's answers are flask's neighbours, which take a moment to import.
        from shared.web.views import run_page_json

        _print_json(run_page_json(page, since=query.since))
        return
    _print_page(page, since=query.since)


def _print_page(page: RunPage, *, since: datetime) -> None:
    if not page.runs:
        click.echo(f"No runs since {since:%Y-%m-%d}.")
        return
    open_console().print(build_runs(page.runs))
    if page.next_mark is not None:
        click.echo(
            f"The newest {len(page.runs)} of {plural(page.total, 'run')}; --limit shows more.", err=True
        )


@runs.command("show")
@click.argument("tenant_id", metavar="TENANT")
@click.argument("run_id", metavar="RUN_ID")
@click.option("--json", "as_json", is_flag=True, help="Print what the API answers.")
@click.pass_obj
def show_run(installation: Installation, tenant_id: str, run_id: str, *, as_json: bool) -> None:
    """Show a run: its steps, the result of every rule, its figures and parameters.

    \b
    Example:
      convergence runs show acme_corp_001 019a8b6e-5c40-7000-8000-000000000001
    """
    require_tenant_id(tenant_id)
    world = installation.world
    try:
        found = read_run(run_id, tenant_id=tenant_id, log=world.log)
    except NotFoundError as error:
        raise no_such_run(tenant_id, run_id) from error
    if as_json:
        # Not at the top, as in list_runs.
        from shared.web.views import run_json

        _print_json(run_json(found))
        return
    console = open_console()
    for part in build_run_view(found, now=world.clock.now()):
        console.print(part)


@runs.command("cancel")
@click.argument("tenant_id", metavar="TENANT")
@click.argument("run_id", metavar="RUN_ID")
@click.pass_obj
def stop_run(installation: Installation, tenant_id: str, run_id: str) -> None:
    """Cancel a run: its jobs are stopped and none of its later steps starts.

    Cancelling it again changes nothing; a run that has ended otherwise can't be cancelled.
    """
    require_tenant_id(tenant_id)
    world = installation.world
    try:
        cancelled = cancel_run(
            run_id,
            tenant_id=tenant_id,
            cancelled_by=installation.user,
            log=world.log,
            publisher=world.publisher,
            clock=world.clock,
        )
    except NotFoundError as error:
        raise no_such_run(tenant_id, run_id) from error
    click.echo(f"{cancelled.run_id}  {cancelled.status}")


runs.add_command(start_rerun)


def _print_json(answer: dict[str, JsonValue]) -> None:
    click.echo(json.dumps(answer, indent=2, ensure_ascii=False))
