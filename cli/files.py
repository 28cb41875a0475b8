"""`convergence files`: the files of a pipeline's sources, and which of them are loaded."""

import json
from collections import Counter

import click

from cli.address import distinct_parameters, parameters_option, parse_address
from cli.installation import Installation
from cli.known_pipelines import not_found
from cli.known_tenants import require_onboarded
from cli.screen import build_table, open_console
from shared.domain.errors import PipelineNotFoundError
from shared.domain.pipeline import Address
from shared.usecases.list_source_files import SourceFile, list_source_files


@click.command()
@click.argument("address", metavar="TENANT/PROVIDER/DOMAIN/PIPELINE", type=parse_address)
@parameters_option()
@click.option("--json", "as_json", is_flag=True, help="Print the files as JSON.")
@click.pass_obj
def files(
    installation: Installation, *, address: Address, parameters: tuple[tuple[str, str], ...], as_json: bool
) -> None:
    """List the files of sources with `load: new` or `load: changed`, and what is loaded of them.

    A file is `new`, `loaded`, `changed` since it was loaded, or `missing` where it was loaded. With parameters in a
    path, those of the run's days are listed, and none that is missing.

    \b
    Examples:
      convergence files acme_corp_001/gcp/cost/export
      convergence files acme_corp_001/gcp/cost/export --param date_range=last_month --json
    """
    world = installation.world
    require_onboarded(address.tenant_id, tables=world.tables, configs=world.configs)
    try:
        found = list_source_files(
            address,
            distinct_parameters(parameters),
            configs=world.configs,
            log=world.log,
            warehouse=world.warehouse,
            reader=world.reader,
            clock=world.clock,
        )
    except PipelineNotFoundError as error:
        raise not_found(error, address, installation=installation) from error
    if as_json:
        click.echo(json.dumps([_as_json(each) for each in found], indent=2, ensure_ascii=False))
        return
    rows = [(each.file.name, each.step_id, each.status, _size(each)) for each in found]
    open_console().print(build_table(("file", "step", "status", "bytes"), rows))
    counts = Counter(each.status for each in found)
    click.echo(", ".join(f"{count:,} {status}" for status, count in sorted(counts.items())), err=True)


def _as_json(each: SourceFile) -> dict[str, str | int | None]:
    told = each.file.model_dump(mode="json")
    return {"step_id": each.step_id, "status": each.status, **told}


def _size(each: SourceFile) -> str:
    return "" if each.file.size is None else f"{each.file.size:,}"
