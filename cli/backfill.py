"""`convergence backfill`: run a pipeline for a range of days, chunk by chunk."""

import click

from cli.address import distinct_parameters, parameters_option, parse_address
from cli.backfill_view import build_preview, follow_backfill
from cli.installation import Installation
from cli.known_pipelines import not_found
from cli.known_tenants import require_onboarded
from cli.run import require_key
from cli.screen import open_console, plural
from shared.domain.backfill import MOST_RUNS_AT_ONCE, Backfill, BackfillMode, BackfillRequest
from shared.domain.errors import NotFoundError, TransientError
from shared.domain.pipeline import Address
from shared.usecases.start_backfill import preview_backfill, start_backfill


@click.command()
@click.argument("address", metavar="TENANT/PROVIDER/DOMAIN/PIPELINE", type=parse_address)
@click.option("--range", "date_range", metavar="FROM/TO", required=True, help="Days, both ends included.")
@click.option("--chunk", metavar="SIZE", default="1d", show_default=True, help="E.g. 1d, 7d or 1mo.")
@click.option(
    "--mode",
    type=click.Choice(["missing", "failed", "all"]),
    default="missing",
    show_default=True,
    help="Chunks that no run has done or is doing; chunks whose latest run failed; every chunk.",
)
@click.option("--parameter", metavar="NAME", help="Which date range, where the pipeline has several.")
@parameters_option(help="Another parameter of the pipeline; may be given several times.")
@click.option("--concurrent", type=click.IntRange(1, MOST_RUNS_AT_ONCE), default=2, show_default=True,
              help="How many of its runs may be under way at once.")  # fmt: skip
@click.option("--dry-run", is_flag=True, help="Only show what would be done, and why.")
@click.option("--follow", "-f", is_flag=True, help="Show the chunks until all have ended.")
@click.option("--idempotency-key", metavar="KEY", help="Asked for twice with the same key, it is the same.")
@click.pass_context
def backfill(
    ctx: click.Context,
    *,
    address: Address,
    date_range: str,
    chunk: str,
    mode: BackfillMode,
    parameter: str | None,
    parameters: tuple[tuple[str, str], ...],
    concurrent: int,
    dry_run: bool,
    follow: bool,
    idempotency_key: str | None,
) -> None:
    """Run a pipeline for a range of days, with a run for each chunk that needs one.

    With --follow the exit status is 0 when every chunk ends in SUCCESS, else 1. Ctrl-C ends the following only.

    \b
    Examples:
      convergence backfill acme_corp_001/gcp/cost/export --range 2025-01-01/2025-03-31 --chunk 7d --dry-run
      convergence backfill acme_corp_001/gcp/cost/export --range 2025-01-01/2025-03-31 --mode failed --follow
    """
    require_key(idempotency_key)
    request = BackfillRequest(
        date_range=date_range,
        chunk=chunk,
        mode=mode,
        parameter=parameter,
        parameters=distinct_parameters(parameters),
        concurrent_runs=concurrent,
        dry_run=dry_run,
    )
    ctx.exit(_carry_out(address, request, key=idempotency_key, follow=follow, installation=ctx.obj))


def _carry_out(
    address: Address, request: BackfillRequest, *, key: str | None, follow: bool, installation: Installation
) -> int:
    """Do or show what is asked for; the exit status."""
    world = installation.world
    require_onboarded(address.tenant_id, tables=world.tables, configs=world.configs)
    try:
        if request.dry_run:
            return _preview(address, request, installation=installation)
        started = _start(address, request, key=key, installation=installation)
    except NotFoundError as error:
        raise not_found(error, address, installation=installation) from error
    if started is None:
        click.echo("Nothing to do; --dry-run says why.")
        return 0
    return _show_started(started, address.tenant_id, follow=follow, installation=installation)


def _preview(address: Address, request: BackfillRequest, *, installation: Installation) -> int:
    world = installation.world
    chunks = preview_backfill(
        address, request, log=world.log, tables=world.tables, configs=world.configs, clock=world.clock
    )
    open_console().print(build_preview(chunks))
    count = sum(chunk.action == "run" for chunk in chunks)
    click.echo(f"{plural(count, 'run')} of {plural(len(chunks), 'chunk')} would be started.", err=True)
    return 0


def _start(
    address: Address, request: BackfillRequest, *, key: str | None, installation: Installation
) -> Backfill | None:
    world = installation.world
    try:
        return start_backfill(
            address,
            request,
            triggered_by=installation.user,
            key=key,
            log=world.log,
            publisher=world.publisher,
            tables=world.tables,
            configs=world.configs,
            clock=world.clock,
        )
    except TransientError as error:
        # It may have been recorded already: the person must not believe that nothing happened.
        look = f"convergence runs list {address.tenant_id}"
        raise TransientError(
            f"{error}. Before trying again, see whether its runs are there: {look}"
        ) from error


def _show_started(started: Backfill, tenant_id: str, *, follow: bool, installation: Installation) -> int:
    click.echo(f"backfill_id  {started.backfill_id}")
    click.echo(f"pipeline_id  {started.pipeline_id}")
    click.echo(f"status       {started.status}")
    click.echo(f"runs         {len(started.chunks)}")
    if follow:
        return follow_backfill(
            started, tenant_id=tenant_id, console=open_console(), installation=installation
        )
    click.echo(f"Look at it: convergence backfills show {tenant_id} {started.backfill_id}", err=True)
    return 0
