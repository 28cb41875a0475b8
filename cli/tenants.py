"""`convergence tenant`: add tenants and list them."""

import click
from pydantic import ValidationError

from cli.installation import Installation
from cli.known_tenants import require_tenant_id
from cli.screen import build_table, open_console
from cli.tenant_tree import Made, make_tenant_tree
from cli.tenants_file import WRITE, tenants_file_path
from shared.adapters.folder_configs import DiskFolder
from shared.config.problem import ConfigError
from shared.config.tenant_folder import addresses
from shared.domain.errors import FieldProblem, InvalidError
from shared.domain.tenant import Tenant
from shared.ports import World
from shared.usecases.onboard_tenant import onboard_tenant

_PROBLEM_BY_FIELD = {
    "display_name": FieldProblem("--name", "must have 1 to 200 characters"),
    "location": FieldProblem("--location", "must be a place such as US, EU or europe-west1"),
}


@click.group()
def tenant() -> None:
    """Add tenants and list them."""


@tenant.command("add")
@click.argument("tenant_id")
@click.option("--name", help="The tenant's name for people; its id if left out.")
@click.option("--location", help="Where its BigQuery dataset lives, e.g. EU; US if left out.")
@click.pass_obj
def add_tenant(installation: Installation, tenant_id: str, *, name: str | None, location: str | None) -> None:
    """Give a tenant its folder, its dataset and its tables.

    May be run again at any time: what is there stays as it is.

    \b
    Examples:
      convergence tenant add acme_corp_001
      convergence tenant add globex_002 --name "Globex" --location EU
    """
    require_tenant_id(tenant_id)
    wanted = _tenant(tenant_id if name is None else name, "US" if location is None else location)
    world = (
        installation.world
    )  # before the first folder is made, so that nothing is left half done without one
    for made in make_tenant_tree(installation.configs_dir / tenant_id, wanted):
        _say(made.outcome, _path_words(made))
        if made.path.name == "tenant.yml" and made.outcome == "already there" and (name or location):
            click.echo("tenant.yml stays as it is: --name and --location count for a new one only.", err=True)
    _onboard(tenant_id, world)
    if (file := tenants_file_path(installation.configs_dir)).exists():
        click.echo(f"For Terraform, write {file} anew once its files are right: {WRITE}")


def _onboard(tenant_id: str, world: World) -> None:
    existed = world.tables.dataset_location(tenant_id) is not None
    tables = onboard_tenant(tenant_id, configs=world.configs, tables=world.tables)
    _say("already there" if existed else "created", f"dataset {tenant_id}")
    for table in tables:
        _say("verified" if existed else "created", f"table {tenant_id}.{table.name}")
    click.echo(f"\nTenant {tenant_id} is ready. Its API key: convergence key create {tenant_id}")


def _say(outcome: str, what: str) -> None:
    click.echo(f"{outcome:<13}  {what}")


def _path_words(made: Made) -> str:
    return f"{made.path}/" if made.path.is_dir() else str(made.path)


def _tenant(display_name: str, location: str) -> Tenant:
    try:
        return Tenant(display_name=display_name, location=location)
    except ValidationError as error:
        problems = tuple(_PROBLEM_BY_FIELD[str(entry["loc"][0])] for entry in error.errors())
        raise InvalidError("The tenant can't be added", problems=problems) from error


@tenant.command("list")
@click.pass_obj
def list_tenants(installation: Installation) -> None:
    """List the tenants that have a folder, and whether each has its dataset."""
    rows = [_row(tenant_id, installation) for tenant_id in installation.world.configs.tenant_ids()]
    if not rows:
        click.echo(
            f"There are no tenants in {installation.configs_dir}. Add one: convergence tenant add TENANT_ID"
        )
        return
    open_console().print(build_table(("TENANT", "NAME", "LOCATION", "PIPELINES", "DATASET"), rows))


def _row(tenant_id: str, installation: Installation) -> tuple[str, ...]:
    world = installation.world
    try:
        found = world.configs.load_tenant(tenant_id)
        shown = (found.display_name, found.location)
    except ConfigError:
        shown = (f"tenant.yml is wrong; see: convergence validate {tenant_id}", "")
    count = len(addresses(DiskFolder(installation.configs_dir), tenant_id))
    has_dataset = world.tables.dataset_location(tenant_id) is not None
    return (tenant_id, *shown, str(count), "yes" if has_dataset else "no")
