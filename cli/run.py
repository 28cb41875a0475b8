"""`convergence run`: start a run, and follow it."""

import click
from pydantic import JsonValue

from cli.address import distinct_parameters, parameters_option, parse_address
from cli.follow import follow_run
from cli.installation import Installation
from cli.known_pipelines import not_found
from cli.known_tenants import require_onboarded
from cli.screen import count_words, duration_words, open_console, plural
from shared.domain.errors import NotFoundError, TransientError
from shared.domain.pipeline import Address
from shared.domain.run import Run
from shared.usecases.start_run import start_run

_LONGEST_KEY = 255
INTERRUPTED = 130
"""What a shell gives to a command that Ctrl-C ended."""


@click.command()
@click.argument("address", metavar="TENANT/PROVIDER/DOMAIN/PIPELINE", type=parse_address)
@parameters_option()
@click.option("--follow", "-f", is_flag=True, help="Show the steps until the run has ended.")
@click.option(
    "--idempotency-key", metavar="KEY", help="Asked for twice with the same key, it is the same run."
)
@click.pass_context
def run(
    ctx: click.Context,
    *,
    address: Address,
    parameters: tuple[tuple[str, str], ...],
    follow: bool,
    idempotency_key: str | None,
) -> None:
    """Start a run of a pipeline.

    With --follow the exit status is 0 when the run ends in SUCCESS, else 1. Ctrl-C ends the following, not the run.

    \b
    Examples:
      convergence run acme_corp_001/gcp/cost/export --follow
      convergence run acme_corp_001/gcp/cost/export --param date_range=2025-11-01/2025-11-07
    """
    installation: Installation = ctx.obj
    values = distinct_parameters(parameters)
    require_key(idempotency_key)
    started = _start(address, values, key=idempotency_key, installation=installation)
    ctx.exit(show_started(started, follow=follow, installation=installation))


def show_started(started: Run, *, follow: bool, installation: Installation) -> int:
    """Say which run was started, and follow it if asked to; the exit status."""
    click.echo(f"run_id       {started.run_id}")
    click.echo(f"pipeline_id  {started.pipeline_id}")
    click.echo(f"status       {started.status}")
    if follow:
        return _follow(started, installation=installation)
    click.echo(f"Look at it: convergence runs show {started.tenant_id} {started.run_id}", err=True)
    return 0


def require_key(key: str | None) -> None:
    """Raise BadParameter for an idempotency key of a wrong length."""
    if key is not None and not 1 <= len(key) <= _LONGEST_KEY:
        raise click.BadParameter(f"must have 1 to {_LONGEST_KEY} characters", param_hint="--idempotency-key")


def _start(
    address: Address, values: dict[str, JsonValue], *, key: str | None, installation: Installation
) -> Run:
    world = installation.world
    require_onboarded(address.tenant_id, tables=world.tables, configs=world.configs)
    try:
        return start_run(
            address,
            values,
            trigger="cli",
            triggered_by=installation.user,
            key=key,
            log=world.log,
            publisher=world.publisher,
            tables=world.tables,
            configs=world.configs,
            clock=world.clock,
        ).run
    except TransientError as error:
        # It may have been recorded already: the person must not believe that nothing happened.
        look = f"convergence runs list {address.tenant_id}"
        raise TransientError(f"{error}. Before trying again, see whether the run is there: {look}") from error
    except NotFoundError as error:
        raise not_found(error, address, installation=installation) from error


def no_such_run(tenant_id: str, run_id: str) -> NotFoundError:
    """The error for a run that the tenant doesn't have."""
    return NotFoundError(
        f"Tenant {tenant_id} has no run {run_id}. List its runs: convergence runs list {tenant_id}"
    )


def _follow(started: Run, *, installation: Installation) -> int:
    """Show the run until it has ended; the exit status."""
    world = installation.world
    names = f"{started.tenant_id} {started.run_id}"
    try:
        ended = follow_run(
            started, log=world.log, clock=world.clock, console=open_console(), wait=installation.wait
        )
    except TransientError as error:
        look = f"convergence runs show {names}"
        raise TransientError(f"{error}. No longer following; the run goes on. Look at it: {look}") from error
    except KeyboardInterrupt:
        click.echo(
            f"\nNo longer following; the run goes on.\n"
            f"  Look at it:  convergence runs show {names}\n"
            f"  Cancel it:   convergence runs cancel {names}",
            err=True,
        )
        return INTERRUPTED
    click.echo(_summary(ended))
    if ended.error_message:
        click.echo(f"Error: {ended.error_message}", err=True)
    return 0 if ended.status == "SUCCESS" else 1


def _summary(ended: Run) -> str:
    totals = ended.totals
    figures = {"ingested": totals.rows_ingested, "transformed": totals.rows_transformed}
    rows = "".join(f", {count_words(n)} rows {what}" for what, n in figures.items() if n is not None)
    took = f" in {duration_words(ended.duration_ms)}" if ended.duration_ms is not None else ""
    warnings = f", {plural(len(ended.warnings), 'warning')}" if ended.warnings else ""
    return f"{ended.status}{took}{rows}{warnings}"
